import { Worker } from 'node:worker_threads';
import type { FileData, FromFile } from './sqlite-event-file.worker.mjs';

/** What the thread keeps is outside its heap; a larger nursery only takes memory. */
const LIMITS = { maxYoungGenerationSizeMb: 4 };

/**
 * The events of a SQLite log as a Parquet file, in their order, made by a thread with a connection of its own: what else
 * this process does goes on. The next group is made while one is taken.
 *
 * @throws Error where the thread cannot read, without what it read
 */
export async function* sqliteEventFile(data: FileData): AsyncGenerator<Uint8Array, void, undefined> {
  const thread = new FileThread(data);
  try {
    for (let next = thread.make(); ;) {
      const { bytes, isLast } = await next;
      if (isLast) {
        yield bytes;
        return;
      }
      next = thread.make();
      // Thrown where it is awaited, which is later.
      next.catch(() => undefined);
      yield bytes;
    }
  } finally {
    await thread.end();
  }
}

type Made = Exclude<FromFile, { readonly fault: string }>;

class FileThread {
  private readonly worker: Worker;
  private waiting: { resolve(made: Made): void; reject(fault: Error): void } | undefined;

  constructor(workerData: FileData) {
    const file = new URL('./sqlite-event-file.worker.mjs', import.meta.url);
    this.worker = new Worker(file, { workerData, resourceLimits: LIMITS });
    this.worker.on('message', (message: FromFile) => {
      if ('fault' in message) this.waiting?.reject(new Error(`events cannot be read for an export: ${message.fault}`));
      else this.waiting?.resolve(message);
    });
    this.worker.on('error', (fault) => this.waiting?.reject(fault));
    this.worker.on('exit', () => this.waiting?.reject(new Error('the thread of an export ended')));
  }

  /** The next bytes of the file. */
  make(): Promise<Made> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage('make');
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
