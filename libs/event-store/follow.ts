import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CommitSignal } from './commit-signal.js';
import type { Position, RecordedEvent, SubscribeOptions } from './event-store.js';

/** Reads in the calling thread, at once. */
export type PageReader = (options: { after?: Position; limit?: number }) => readonly RecordedEvent[];

/**
 * A subscription over a store in this process: reads page by page up to the end, then sleeps until the next commit.
 * The position read last is the only state, so every event comes once and in commit order.
 */
export async function* follow(
  readAll: PageReader,
  commits: CommitSignal,
  { after, signal, batchSize }: SubscribeOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  let position = after;
  while (!signal.aborted) {
    const batch = readAll({
      ...(position !== undefined && { after: position }),
      ...(batchSize !== undefined && { limit: batchSize }),
    });
    const last = batch.at(-1);
    if (last === undefined) {
      await commits.next(signal);
      continue;
    }
    position = last.position;
    yield batch;
    // A long catch-up must not starve the rest of the process, whatever little its consumer waits for.
    await nextTurn();
  }
}
