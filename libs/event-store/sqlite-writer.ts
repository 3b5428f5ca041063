import { Worker } from 'node:worker_threads';
import type { EncodedAppend } from './encoded-append.js';
import { StoreFault, StoreOverloaded, type AppendResult } from './event-store.js';
import { OUTCOME_SIZE, type FlatAppends } from './sqlite-event-log.mjs';
import type { FromWriter, ToWriter, WriterData } from './sqlite-writer.worker.mjs';

/** Appends in one message at most: the writer inserts one part while the next is being encoded. */
const PART_APPENDS = 32;

export interface WriterLimits {
  /** appends that wait for their commit */
  readonly mostWaitingAppends: number;
  /** bytes of JSON that wait; one append alone may be larger */
  readonly mostWaitingBytes: number;
}

/** What waits for its commit now. */
export interface Waiting {
  readonly appends: number;
  readonly bytes: number;
}

export interface WriterListener {
  /** after each commit that readers can see */
  readonly committed: () => void;
  /** once, when the thread has ended, wanted or not */
  readonly stopped: (fault: StoreFault) => void;
}

interface PendingAppend {
  readonly bytes: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (fault: StoreFault) => void;
}

/** The calling thread's end of the writer thread. Appends of one turn of the event loop make one group. */
export class SqliteWriter {
  private readonly pending: PendingAppend[] = [];
  private waitingBytes = 0;
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
    private readonly limits: WriterLimits,
    private readonly listener: WriterListener,
  ) {
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
  static async start(data: WriterData, limits: WriterLimits, listener: WriterListener): Promise<SqliteWriter> {
    const writer = new SqliteWriter(data, limits, listener);
    await writer.opened;
    return writer;
  }

  get waiting(): Waiting {
    return { appends: this.pending.length, bytes: this.waitingBytes };
  }

  /**
   * @throws StoreOverloaded when too much is waiting already; nothing was taken
   * @throws StoreFault when the group of this append could not be written, or the writer has stopped
   */
  append({ stream, expected, events, bytes }: EncodedAppend): Promise<AppendResult> {
    if (this.stopped !== undefined) return Promise.reject(this.stopped);
    if (this.closing) return Promise.reject(new StoreFault('the event store is closed'));
    const { appends, bytes: waitingBytes } = this.waiting;
    if (
      appends >= this.limits.mostWaitingAppends ||
      (appends > 0 && waitingBytes + bytes > this.limits.mostWaitingBytes)
    )
      return Promise.reject(new StoreOverloaded(`overloaded: ${appends} appends (${waitingBytes} bytes) are waiting`));
    this.outgoingCount += 1;
    this.outgoing.push(stream, expected, events.length);
    for (const { id, type, data, metadata } of events) this.outgoing.push(id, type, data, metadata);
    this.waitingBytes += bytes;
    this.schedule();
    return new Promise((resolve, reject) => this.pending.push({ bytes, resolve, reject }));
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
      this.settled(outcomes.length / OUTCOME_SIZE).forEach(({ resolve }, index) =>
        resolve(resultAt(outcomes, index * OUTCOME_SIZE)),
      );
      this.listener.committed();
    } else {
      const fault = new StoreFault(`the event store could not write: ${message.fault}`);
      this.settled(message.count).forEach(({ reject }) => reject(fault));
    }
  }

  private settled(count: number): PendingAppend[] {
    const settled = this.pending.splice(0, count);
    for (const { bytes } of settled) this.waitingBytes -= bytes;
    return settled;
  }

  private stop(reason: string): void {
    if (this.stopped !== undefined) return;
    this.stopped = new StoreFault(reason);
    for (const { reject } of this.settled(this.pending.length)) reject(this.stopped);
    this.settleOpening(this.stopped);
    this.listener.stopped(this.stopped);
  }
}

function resultAt(outcomes: Float64Array, at: number): AppendResult {
  const [taken, revision = -1, position = 0] = outcomes.subarray(at, at + OUTCOME_SIZE);
  if (taken === 1) return { ok: true, revision, position: String(position) };
  return { ok: false, reason: 'conflict', actual: revision < 0 ? 'no-stream' : revision };
}
