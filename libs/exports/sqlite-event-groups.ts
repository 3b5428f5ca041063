import { Worker } from 'node:worker_threads';
import type { EncodedGroup } from './parquet-groups.mjs';
import type { FromGroups, GroupsData, Stretch } from './sqlite-event-groups.worker.mjs';

/** Positions of one row group: what is made of them takes some 30 MB, however long the log is. */
const POSITIONS = 2_500;
/** What is new in a group is old with the group: a larger nursery only takes memory. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

/**
 * The events of a SQLite log up to a position as row groups, in their order, made by a thread with a connection of its
 * own: what else this process does goes on. The next group is made while one is taken.
 *
 * @param positions of a group, at most
 * @throws Error where the thread cannot read, without what it read
 */
export async function* sqliteEventGroups(
  data: GroupsData,
  end: number,
  positions: number = POSITIONS,
): AsyncGenerator<EncodedGroup, void, undefined> {
  const thread = new GroupThread(data);
  const make = (after: number): Promise<EncodedGroup | undefined> | undefined => {
    if (after >= end) return undefined;
    const made = thread.make([after, Math.min(end, after + positions)]);
    // Thrown where it is awaited, which is later.
    made.catch(() => undefined);
    return made;
  };
  try {
    let making = make(0);
    for (let after = positions; making !== undefined; after += positions) {
      const group = await making;
      making = make(after);
      if (group) yield group;
    }
  } finally {
    await thread.end();
  }
}

/** Makes one group at a time. */
class GroupThread {
  private readonly worker: Worker;
  private waiting: { resolve(group: EncodedGroup | undefined): void; reject(fault: Error): void } | undefined;

  constructor(workerData: GroupsData) {
    const file = new URL('./sqlite-event-groups.worker.mjs', import.meta.url);
    this.worker = new Worker(file, { workerData, resourceLimits: LIMITS });
    this.worker.on('message', (message: FromGroups) => {
      if ('fault' in message) this.waiting?.reject(new Error(`events cannot be read for an export: ${message.fault}`));
      else this.waiting?.resolve(message.encoded);
    });
    this.worker.on('error', (fault) => this.waiting?.reject(fault));
    this.worker.on('exit', () => this.waiting?.reject(new Error('the thread of an export ended')));
  }

  make(stretch: Stretch): Promise<EncodedGroup | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(stretch);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
