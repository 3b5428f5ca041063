import type { EncodedAppend } from './encoded-append.js';
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
  readonly append: EncodedAppend;
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

  add(append: EncodedAppend): Promise<AppendResult> {
    this.bytes += append.bytes;
    return new Promise((resolve, reject) => this.queue.push({ append, resolve, reject }));
  }

  /** Answers the oldest `count` appends. */
  resolve(count: number, resultOf: (index: number, append: EncodedAppend) => AppendResult): void {
    this.take(count).forEach(({ append, resolve }, index) => resolve(resultOf(index, append)));
  }

  /** Refuses the oldest `count` appends, by default all. */
  reject(fault: StoreFault, count = this.queue.length): void {
    for (const { reject } of this.take(count)) reject(fault);
  }

  private take(count: number): PendingAppend[] {
    const taken = this.queue.splice(0, count);
    for (const { append } of taken) this.bytes -= append.bytes;
    return taken;
  }
}
