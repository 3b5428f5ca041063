import { Worker } from 'node:worker_threads';
import type { KeyOperationCall, KeyOperations, WriterAnswer } from './key-operations.js';
import { KeyStoreFault, StillInLog } from './key-store.js';

interface Waiting {
  readonly call: KeyOperationCall;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (fault: KeyStoreFault) => void;
}

/** Most operations in one commit; what a sync costs is long shared at that size. */
const MOST_IN_GROUP = 512;
const LINGERING = new StillInLog('what was erased still stands in the write-ahead log: somebody reads there');
/** Most operations waiting. Beyond it the disk does not keep up, and the caller must hear of it. */
const MOST_WAITING = 10_000;

/**
 * The main thread's end of the writing thread. One group is under way at a time; what comes meanwhile waits and goes
 * as the next group, so that the number of syncs depends on the disk and not on the number of callers.
 */
export class SqliteKeyWriter {
  private readonly worker: Worker;
  private readonly ended: Promise<void>;
  private readonly opened: Promise<void>;
  private settleOpened: { resolve: () => void; reject: (fault: KeyStoreFault) => void } | undefined;
  private waiting: Waiting[] = [];
  private underWay: readonly Waiting[] = [];
  private flushSet = false;
  private fault: KeyStoreFault | undefined;
  private groupsCommitted = 0;

  private constructor(file: string) {
    this.worker = new Worker(new URL('./sqlite-key-writer.worker.mjs', import.meta.url), { workerData: file });
    this.opened = new Promise((resolve, reject) => (this.settleOpened = { resolve, reject }));
    this.ended = new Promise((resolve) => this.worker.once('exit', () => resolve()));
    this.worker.on('message', (answer: WriterAnswer) => this.hear(answer));
    this.worker.on('error', () => this.fail(new KeyStoreFault('the writing thread failed')));
    this.worker.on('exit', () => this.fail(new KeyStoreFault('the key store is closed')));
  }

  /** @throws KeyStoreFault when the file cannot be opened or made, or is a newer Baton's */
  static async open(file: string): Promise<SqliteKeyWriter> {
    const writer = new SqliteKeyWriter(file);
    try {
      await writer.opened;
    } catch (fault) {
      await writer.worker.terminate();
      throw fault;
    }
    return writer;
  }

  /** How many commits there were: each is one sync, whatever number of operations it held. */
  get groups(): number {
    return this.groupsCommitted;
  }

  /**
   * Runs an operation in the next group; its answer comes once the group is durable.
   *
   * @throws KeyStoreFault when the group could not be committed: then nothing of it happened
   */
  submit<Name extends keyof KeyOperations>(
    name: Name,
    ...args: Parameters<KeyOperations[Name]>
  ): Promise<ReturnType<KeyOperations[Name]>> {
    return new Promise((resolve, reject) => {
      if (this.fault !== undefined) return reject(this.fault);
      if (this.waiting.length >= MOST_WAITING) return reject(new KeyStoreFault('too many operations are waiting'));
      const call = { name, args } as KeyOperationCall;
      this.waiting.push({ call, resolve: (answer) => resolve(answer as ReturnType<KeyOperations[Name]>), reject });
      this.setFlush();
    });
  }

  /** Takes nothing more, finishes what waits, and lets the file go. */
  async close(): Promise<void> {
    this.fault ??= new KeyStoreFault('the key store is closed');
    if (this.waiting.length === 0 && this.underWay.length === 0) this.worker.postMessage('close');
    await this.ended;
  }

  private setFlush(): void {
    if (this.flushSet || this.underWay.length > 0) return;
    this.flushSet = true;
    // After the whole round of I/O callbacks: requests that arrived together share the commit.
    setImmediate(() => {
      this.flushSet = false;
      this.flush();
    });
  }

  private flush(): void {
    this.underWay = this.waiting.splice(0, MOST_IN_GROUP);
    if (this.underWay.length > 0) this.worker.postMessage(this.underWay.map(({ call }) => call));
    else if (this.fault !== undefined) this.worker.postMessage('close');
  }

  private hear(answer: WriterAnswer): void {
    if (answer.kind === 'open') {
      this.settleOpened?.resolve();
      return;
    }
    const fault = answer.kind === 'fault' ? new KeyStoreFault(`the key store answers ${answer.code}`) : undefined;
    if (fault) this.settleOpened?.reject(fault);
    else this.groupsCommitted += 1;
    const answers = answer.kind === 'committed' ? answer.answers : [];
    const group = this.underWay;
    const lingering = answer.kind === 'committed' && answer.lingering ? LINGERING : undefined;
    this.underWay = [];
    group.forEach(({ call, resolve, reject }, at) => {
      const why = fault ?? (call.name === 'erase' || call.name === 'overwriteDeleted' ? lingering : undefined);
      if (why) reject(why);
      else resolve(answers[at]);
    });
    this.flush();
  }

  private fail(fault: KeyStoreFault): void {
    this.fault ??= fault;
    this.settleOpened?.reject(fault);
    for (const { reject } of [...this.underWay, ...this.waiting]) reject(fault);
    this.underWay = [];
    this.waiting = [];
  }
}
