import { StoreOverloaded, type AppendResult, type StoreFault } from './event-store.js';

export interface PendingLimits {
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

interface PendingAppend {
  readonly bytes: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (fault: StoreFault) => void;
}

/** Appends that were sent and not yet answered, oldest first: answers come in the order of sending. */
export class PendingAppends {
  private readonly queue: PendingAppend[] = [];
  private bytes = 0;

  constructor(private readonly limits: PendingLimits) {}

  get waiting(): Waiting {
    return { appends: this.queue.length, bytes: this.bytes };
  }

  /** @throws StoreOverloaded when no more may wait */
  assertRoomFor(bytes: number): void {
    const appends = this.queue.length;
    if (appends === 0) return;
    if (appends >= this.limits.mostWaitingAppends || this.bytes + bytes > this.limits.mostWaitingBytes)
      throw new StoreOverloaded(`overloaded: ${appends} appends (${this.bytes} bytes) are waiting to be written`);
  }

  add(bytes: number): Promise<AppendResult> {
    this.bytes += bytes;
    return new Promise((resolve, reject) => this.queue.push({ bytes, resolve, reject }));
  }

  /** Answers the oldest `count` appends. */
  resolve(count: number, resultOf: (index: number) => AppendResult): void {
    this.take(count).forEach(({ resolve }, index) => resolve(resultOf(index)));
  }

  /** Refuses the oldest `count` appends, by default all. */
  reject(fault: StoreFault, count = this.queue.length): void {
    for (const { reject } of this.take(count)) reject(fault);
  }

  private take(count: number): PendingAppend[] {
    const taken = this.queue.splice(0, count);
    for (const { bytes } of taken) this.bytes -= bytes;
    return taken;
  }
}
