import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CommitSignal } from './commit-signal.js';
import type { Position, RecordedEvent, SubscribeOptions } from './event-store.js';

/** Events that are read ahead in one turn of the event loop. */
const AHEAD_AT_ONCE = 200;

/** Reads in the calling thread, at once. */
export type PageReader = (options: { after?: Position; limit?: number }) => readonly RecordedEvent[];

/**
 * A subscription over a store in this process: reads page by page up to the end, then sleeps until the next commit.
 * The position read last is the only state, so every event comes once and in commit order. While a page is worked on,
 * the one after a full page is read already: a consumer that waits for its database costs no time then.
 */
export async function* follow(
  readAll: PageReader,
  commits: CommitSignal,
  { after, signal, batchSize }: SubscribeOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  let position = after;
  let batch: readonly RecordedEvent[] = [];
  while (!signal.aborted) {
    // Never from what was read before: whoever then sleeps must have looked in the same turn.
    if (batch.length === 0) batch = page(readAll, position, batchSize);
    const last = batch.at(-1);
    if (last === undefined) {
      await commits.next(signal);
      continue;
    }
    position = last.position;
    const ahead = batch.length === batchSize ? readAhead(readAll, position, batchSize) : undefined;
    yield batch;
    // A long catch-up must not starve the rest of the process, whatever little its consumer waits for.
    await nextTurn();
    batch = (await ahead) ?? [];
  }
}

const page = (readAll: PageReader, after: Position | undefined, limit: number | undefined) =>
  readAll({ ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) });

/** A full page in small parts, a turn between them, so that the consumer goes on too; a fault is thrown where it is taken. */
function readAhead(readAll: PageReader, after: Position, limit: number): Promise<readonly RecordedEvent[]> {
  const reading = (async () => {
    const events: RecordedEvent[] = [];
    for (let last = after; events.length < limit;) {
      await nextTurn();
      const part = page(readAll, last, Math.min(AHEAD_AT_ONCE, limit - events.length));
      for (const event of part) events.push(event);
      last = part.at(-1)?.position ?? last;
      if (part.length < AHEAD_AT_ONCE) break;
    }
    return events;
  })();
  reading.catch(() => undefined);
  return reading;
}
