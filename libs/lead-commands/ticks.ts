import { setTimeout as sleep } from 'node:timers/promises';

/** Hides how long a work took: whoever waits for it learns only by which tick it was done. */
export interface Ticks {
  /** Answers, or throws, what the work does, on the next tick after it: these are counted from the work's own start. */
  endOnTick<Result>(work: () => Promise<Result>): Promise<Result>;
}

export interface Timer {
  /** milliseconds from any start, never running back */
  elapsed(): number;
  /** resolves after so many milliseconds, or a little earlier or later */
  pause(ms: number): Promise<unknown>;
}

/** Where nothing has to be hidden. */
export const NO_TICKS: Ticks = { endOnTick: (work) => work() };

/**
 * From the start to the first tick, and between ticks. Long enough that what depends on the person (a few looks and two
 * durable writes) is nearly always done by the first one, short enough that nobody at a screen notices.
 */
export const TICK_MS = 50;

export function ticks(timer: Timer = systemTimer, tickMs = TICK_MS): Ticks {
  return {
    async endOnTick(work) {
      const began = timer.elapsed();
      try {
        return await work();
      } finally {
        const took = timer.elapsed() - began;
        const due = began + tickMs * Math.max(1, Math.ceil(took / tickMs));
        for (let left = due - timer.elapsed(); left > 0; left = due - timer.elapsed()) await timer.pause(left);
      }
    },
  };
}

const systemTimer: Timer = { elapsed: () => performance.now(), pause: (ms) => sleep(Math.ceil(ms)) };
