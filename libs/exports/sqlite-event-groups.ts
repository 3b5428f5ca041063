import { Worker } from 'node:worker_threads';
import type { EncodedGroup } from './parquet-groups.mjs';
import type { FromGroups, GroupsData, Stretch } from './sqlite-event-groups.worker.mjs';

/** Positions that are made row groups of at once: few, so that memory stays small however long the log is. */
const POSITIONS = 2_500;
/** More would leave nothing of a small machine to commands and views, and each takes memory of its own. */
const THREADS = 2;
/** What is new in a group is old with the group: a larger nursery only takes memory. */
const LIMITS = { maxYoungGenerationSizeMb: 4 };

/**
 * The events of a SQLite log up to a position as row groups, in their order, made by threads with connections of their
 * own: what else this process does goes on. The next are made while one is taken.
 *
 * @param positions that are made groups of at once
 * @throws Error where a thread cannot read, without what it read
 */
export async function* sqliteEventGroups(
  data: GroupsData,
  end: number,
  positions: number = POSITIONS,
): AsyncGenerator<EncodedGroup, void, undefined> {
  const count = Math.ceil(end / positions);
  const threads = Array.from({ length: Math.min(THREADS, count) }, () => new GroupThread(data));
  // In turn, so that each makes something and the order is that of the log.
  const make = (at: number): Promise<readonly EncodedGroup[]> | undefined => {
    if (at >= count) return undefined;
    const made = threads[at % threads.length]?.make([at * positions, Math.min(end, (at + 1) * positions)]);
    // Thrown where it is awaited, which is later.
    made?.catch(() => undefined);
    return made;
  };
  try {
    const making = threads.map((_, at) => make(at));
    for (let at = 0; at < count; at += 1) {
      const groups = await making.shift();
      making.push(make(at + threads.length));
      yield* groups ?? [];
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** Makes the groups of one stretch at a time. */
class GroupThread {
  private readonly worker: Worker;
  private waiting: { resolve(groups: readonly EncodedGroup[]): void; reject(fault: Error): void } | undefined;

  constructor(workerData: GroupsData) {
    const file = new URL('./sqlite-event-groups.worker.mjs', import.meta.url);
    this.worker = new Worker(file, { workerData, resourceLimits: LIMITS });
    this.worker.on('message', (message: FromGroups) => {
      if ('fault' in message) this.waiting?.reject(new Error(`events cannot be read for an export: ${message.fault}`));
      else this.waiting?.resolve(message.groups);
    });
    this.worker.on('error', (fault) => this.waiting?.reject(fault));
    this.worker.on('exit', () => this.waiting?.reject(new Error('the thread of an export ended')));
  }

  make(stretch: Stretch): Promise<readonly EncodedGroup[]> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(stretch);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
