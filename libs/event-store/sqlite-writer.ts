import { Worker } from 'node:worker_threads';
import type { EncodedAppend } from './encoded-append.js';
import { StoreFault, type AppendResult } from './event-store.js';
import { PendingAppends, type PendingLimits, type Waiting } from './pending-appends.js';
import { OUTCOME_SIZE, type FlatAppends } from './sqlite-event-log.mjs';
import type { FromWriter, ToWriter, WriterData } from './sqlite-writer.worker.mjs';

/** Appends in one message at most: the writer inserts one part while the next is being encoded. */
const PART_APPENDS = 16;

export interface WriterListener {
  /** of each append, in the order of their commits, before `committed` */
  readonly answered: (append: EncodedAppend, result: AppendResult) => void;
  /** after each commit that readers can see */
  readonly committed: () => void;
  /** once, when the thread has ended, wanted or not */
  readonly stopped: (fault: StoreFault) => void;
}

/** The calling thread's end of the writer thread. Appends of one turn of the event loop make one group. */
export class SqliteWriter {
  private readonly pending: PendingAppends;
  private outgoing: FlatAppends = [];
  private outgoingCount = 0;
  private scheduled = false;
  private closing = false;
  private stopped: StoreFault | undefined;

  private readonly worker: Worker;
  private readonly opened: Promise<void>;
  private readonly exited: Promise<void>;
  private settleOpening: (fault?: StoreFault) => void = () => undefined;

  private constructor(
    data: WriterData,
    limits: PendingLimits,
    private readonly listener: WriterListener,
  ) {
    this.pending = new PendingAppends(limits);
    this.worker = new Worker(new URL('./sqlite-writer.worker.mjs', import.meta.url), { workerData: data });
    this.opened = new Promise((resolve, reject) => {
      this.settleOpening = (fault) => (fault === undefined ? resolve() : reject(fault));
    });
    this.worker.on('message', (message: FromWriter) => this.receive(message));
    this.worker.on('error', (error) => this.stop(`the writer of the event store has failed: ${error.message}`));
    this.exited = new Promise((resolve) =>
      this.worker.once('exit', () => {
        this.stop('the writer of the event store has stopped');
        resolve();
      }),
    );
  }

  /**
   * Starts the thread and waits until it has opened the file.
   *
   * @throws StoreFault when it cannot be opened: no SQLite file, not ours, another schema version, no access
   */
  static async start(data: WriterData, limits: PendingLimits, listener: WriterListener): Promise<SqliteWriter> {
    const writer = new SqliteWriter(data, limits, listener);
    await writer.opened;
    return writer;
  }

  get waiting(): Waiting {
    return this.pending.waiting;
  }

  /** Why nothing can be written any more; undefined while all is well. */
  get fault(): StoreFault | undefined {
    return this.stopped;
  }

  /**
   * @throws StoreOverloaded when too much is waiting already; nothing was taken
   * @throws StoreFault when the group of this append could not be written, or the writer has stopped
   */
  async append(append: EncodedAppend): Promise<AppendResult> {
    const { stream, expected, events, bytes } = append;
    if (this.stopped !== undefined) throw this.stopped;
    if (this.closing) throw new StoreFault('the event store is closed');
    this.pending.assertRoomFor(bytes);
    this.outgoingCount += 1;
    this.outgoing.push(stream, expected, events.length);
    for (const { id, type, body } of events) this.outgoing.push(id, type, body);
    this.schedule();
    return this.pending.add(append);
  }

  /** Ends the thread after what was taken is committed. */
  async close(): Promise<void> {
    this.send(false);
    this.closing = true;
    this.worker.postMessage('close' satisfies ToWriter);
    await this.exited;
  }

  /** Ends the thread at once. What was pending is answered with a StoreFault; its outcome is unknown. */
  async kill(): Promise<void> {
    await this.worker.terminate();
    await this.exited;
  }

  /** The group closes with this turn of the event loop; the writer begins with its first part before that. */
  private schedule(): void {
    if (!this.scheduled) {
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.send(false);
      });
    }
    if (this.outgoingCount >= PART_APPENDS) this.send(true);
  }

  private send(more: boolean): void {
    if (this.stopped !== undefined || this.closing) return;
    const message: ToWriter = { count: this.outgoingCount, appends: this.outgoing, more };
    this.worker.postMessage(message);
    this.outgoing = [];
    this.outgoingCount = 0;
  }

  private receive(message: FromWriter): void {
    if (message === 'ready') this.settleOpening();
    else if ('refused' in message)
      this.settleOpening(new StoreFault(`the event store cannot be opened: ${message.refused}`));
    else if ('outcomes' in message) {
      const { outcomes } = message;
      this.pending.resolve(outcomes.length / OUTCOME_SIZE, (index, append) => {
        const result = resultAt(outcomes, index * OUTCOME_SIZE);
        this.listener.answered(append, result);
        return result;
      });
      this.listener.committed();
    } else this.pending.reject(new StoreFault(`the event store could not write: ${message.fault}`), message.count);
  }

  private stop(reason: string): void {
    if (this.stopped !== undefined) return;
    this.stopped = new StoreFault(reason);
    this.pending.reject(this.stopped);
    this.settleOpening(this.stopped);
    this.listener.stopped(this.stopped);
  }
}

function resultAt(outcomes: Float64Array, at: number): AppendResult {
  const revision = outcomes[at + 1] ?? -1;
  if (outcomes[at] === 1) return { ok: true, revision, position: String(outcomes[at + 2]) };
  return { ok: false, reason: 'conflict', actual: revision < 0 ? 'no-stream' : revision };
}
