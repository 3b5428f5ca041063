import type { Marks } from './sift.js';
import type { StreamPlace } from './projection.js';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

interface Waiter {
  readonly place: StreamPlace;
  readonly settle: (reached: boolean) => void;
}

/** Who waits until a view has a certain event. */
export class Waiters {
  private readonly waiting = new Set<Waiter>();

  /**
   * Whether the place is reached: true once it is, false when time is up, the signal is given or the stream is parked.
   *
   * @param look whether it is reached already; asked after the waiting has begun, so that nothing falls in between
   * @param everyMs to look again so often: where other processes may reach it, which nobody here is told
   */
  wait(
    place: StreamPlace,
    options: WaitOptions,
    look: () => Promise<boolean | undefined>,
    everyMs?: number,
  ): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const settle = (reached: boolean): void => {
        clearTimeout(timer);
        clearTimeout(looking);
        options.signal?.removeEventListener('abort', giveUp);
        this.waiting.delete(waiter);
        resolve(reached);
      };
      const giveUp = (): void => settle(false);
      const waiter: Waiter = { place, settle };
      const timer = setTimeout(giveUp, options.timeoutMs);
      this.waiting.add(waiter);
      options.signal?.addEventListener('abort', giveUp);
      if (options.signal?.aborted) giveUp();
      let looking: NodeJS.Timeout | undefined;
      const lookNow = (): void => {
        look().then(
          (reached) => {
            if (reached !== undefined) settle(reached);
            else if (everyMs !== undefined && this.waiting.has(waiter)) looking = setTimeout(lookNow, everyMs);
          },
          (error: Error) => {
            reject(error);
            giveUp();
          },
        );
      };
      lookNow();
    });
  }

  /** To be called after the commit. */
  reached(marks: Marks): void {
    if (this.waiting.size === 0) return;
    for (const { place, settle } of this.waiting) {
      const mark = marks.get(place.stream);
      if (mark === undefined) continue;
      if (mark.revision >= place.revision) settle(true);
      else if (mark.parked) settle(false);
    }
  }

  giveUp(): void {
    for (const { settle } of this.waiting) settle(false);
  }
}
