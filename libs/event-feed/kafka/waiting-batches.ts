import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FeedBatch, FeedOptions } from '../event-feed.js';

interface WaitingBatch {
  readonly batch: FeedBatch;
  readonly isOurs: () => boolean;
  readonly done: (isHandled: boolean) => void;
}

export interface BatchWork {
  readonly handler: FeedOptions['handler'];
  /** events of one call, at most; a single batch may have more */
  readonly most: number;
  readonly isOver: () => boolean;
  readonly handled: (batches: readonly FeedBatch[]) => void;
  /** with what the handler threw */
  readonly failed: (fault: unknown) => void;
}

/** Batches of partitions that wait for their turn: one call of the handler at a time, which takes what waits by then. */
export class WaitingBatches {
  private readonly waiting: WaitingBatch[] = [];
  private working: Promise<void> | undefined;

  constructor(private readonly work: BatchWork) {}

  /**
   * @param isOurs asked when its turn has come
   * @returns whether it was handled
   */
  take(batch: FeedBatch, isOurs: () => boolean): Promise<boolean> {
    const taken = new Promise<boolean>((done) => this.waiting.push({ batch, isOurs, done }));
    this.working ??= this.workOff();
    return taken;
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    await this.working;
  }

  private async workOff(): Promise<void> {
    // What came with the same answer of the broker is put here within the turn.
    await nextTurn();
    while (this.waiting.length > 0) {
      const taken = this.next();
      const batches = taken.map(({ batch }) => batch);
      try {
        if (batches.length > 0) await this.work.handler(batches);
        this.work.handled(batches);
        for (const { done } of taken) done(true);
      } catch (fault) {
        this.work.failed(fault);
        for (const { done } of taken) done(false);
      }
    }
    // In the same turn as the look: whoever comes now begins anew.
    this.working = undefined;
  }

  /** Of each partition one batch at most, and no more events than are wanted; what is not ours is let go. */
  private next(): readonly WaitingBatch[] {
    const partitions = new Set<number>();
    const taken: WaitingBatch[] = [];
    const left: WaitingBatch[] = [];
    let events = 0;
    for (const waiting of this.waiting.splice(0)) {
      const { batch, isOurs, done } = waiting;
      if (this.work.isOver() || !isOurs()) {
        done(false);
        continue;
      }
      const isFull = events > 0 && events + batch.events.length > this.work.most;
      if (isFull || partitions.has(batch.partition)) left.push(waiting);
      else {
        taken.push(waiting);
        events += batch.events.length;
      }
      // What comes after it in its partition stays behind it.
      partitions.add(batch.partition);
    }
    this.waiting.unshift(...left);
    return taken;
  }
}
