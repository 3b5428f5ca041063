import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/** What tells that the process is choking. */
export interface LoopState {
  /** 99th percentile of how late timers ran since the last look, milliseconds */
  readonly lagMs: number;
  /** sockets, timers, workers and the like that are open */
  readonly openHandles: number;
}

/** Watches this process's event loop until stopped. Each look starts a new window. */
export function watchEventLoop(): { look: () => LoopState; stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    look: () => {
      const measured = delay.count === 0 ? 0 : delay.percentile(99) / NANOSECONDS_PER_MS - RESOLUTION_MS;
      delay.reset();
      return { lagMs: Math.max(0, Math.round(measured)), openHandles: process.getActiveResourcesInfo().length };
    },
    stop: () => {
      delay.disable();
    },
  };
}
