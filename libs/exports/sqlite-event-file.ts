import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EventColumn } from './event-columns.js';
import type { GroupLimits } from './parquet-groups.mjs';
import type { FromStretch, FromThread, ThreadData } from './sqlite-event-groups.worker.mjs';

export interface EventFileData {
  /** of the log */
  readonly file: string;
  readonly columns: readonly EventColumn[];
  /** of the stored types, without their versions */
  readonly names: ReadonlyMap<string, string>;
  /** the last position */
  readonly end: number;
  /** recordedAt: in [from, to) */
  readonly from?: string;
  readonly to?: string;
  /** other than the usual in tests only */
  readonly group?: GroupLimits;
}

/** What a thread keeps is outside its heap; a larger nursery only takes memory. */
const LIMITS = { maxYoungGenerationSizeMb: 4 };
/** Each takes some 25 MB while it makes a group. */
const MOST_THREADS = 2;
/** Some megabytes of memory, whatever the events are; a reader of the file has little to look up. */
const GROUP = { rows: 5_000, bytes: 2 << 20 };

/**
 * The events of a SQLite log as a Parquet file, in their order, made by threads with connections of their own: what else
 * this process does goes on. They take the log's stretches in turns, and each makes its next group while one is taken.
 *
 * @throws Error where a thread cannot read, without what it read
 */
export async function* sqliteEventFile(data: EventFileData): AsyncGenerator<Uint8Array, void, undefined> {
  const { columns, end, group = GROUP } = data;
  const { ParquetFrame } = await import('./parquet-frame.js');
  const frame = new ParquetFrame(columns);
  const stretches = Math.ceil(end / group.rows);
  const step = Math.min(MOST_THREADS, availableParallelism(), stretches);
  const threads = Array.from({ length: step }, (_, first) => new GroupThread({ ...data, group, first, step }));
  try {
    yield frame.begin();
    for (let stretch = 0; stretch < stretches; stretch += 1) {
      const thread = threads[stretch % step];
      for (let hasEnded = false; thread && !hasEnded;) {
        const next = await thread.next(stretch + step < stretches);
        if (next.made) yield frame.place(next.made);
        ({ hasEnded } = next);
      }
    }
    yield frame.end();
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

class GroupThread {
  private readonly worker: Worker;
  private waiting: { resolve(made: FromStretch): void; reject(fault: Error): void } | undefined;
  /** What the thread makes now, or has made and nobody has taken yet. */
  private making: Promise<FromStretch>;

  constructor(workerData: ThreadData) {
    const file = new URL('./sqlite-event-groups.worker.mjs', import.meta.url);
    this.worker = new Worker(file, { workerData, resourceLimits: LIMITS });
    this.worker.on('message', (message: FromThread) => {
      if ('fault' in message) this.waiting?.reject(new Error(`events cannot be read for an export: ${message.fault}`));
      else this.waiting?.resolve(message);
    });
    this.worker.on('error', (fault) => this.waiting?.reject(fault));
    this.worker.on('exit', () => this.waiting?.reject(new Error('the thread of an export ended')));
    this.making = this.make();
  }

  /** @param hasMore whether the thread has another stretch, with which it then goes on at once */
  async next(hasMore: boolean): Promise<FromStretch> {
    const made = await this.making;
    if (!made.hasEnded || hasMore) this.making = this.make();
    return made;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private make(): Promise<FromStretch> {
    const made = new Promise<FromStretch>((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage('make');
    });
    // Thrown where it is awaited, which is later.
    made.catch(() => undefined);
    return made;
  }
}
