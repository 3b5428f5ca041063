import type { MessagePort } from 'node:worker_threads';
import { PortCalls, type Offered } from './port-calls.js';
import type { ProjectionRunner } from './runner.js';
import type { SkippedEvents } from './skipped-events.js';

export interface ServedRunner {
  readonly runner: ProjectionRunner;
  /** to be called after each commit of the store */
  readonly committed: () => void;
  /** Frees what the runner stood on. */
  readonly close: () => Promise<void>;
}

/**
 * Does in this thread what a `RemoteRunner` in another asks for.
 *
 * @param open called when the other end starts it; what operators pass over is asked of that end
 */
export function serveRunner(port: MessagePort, open: (skips: SkippedEvents) => ServedRunner): void {
  const offered: Offered = {};
  const calls = new PortCalls(port, offered);
  const skips: SkippedEvents = {
    of: async (...asked) => (await calls.call('skips', 'of', asked)) as ReadonlySet<string>,
    skip: async (...asked) => void (await calls.call('skips', 'skip', asked)),
  };
  let served: ServedRunner | undefined;
  offered.thread = {
    async start() {
      served = open(skips);
      const { runner } = served;
      Object.assign(offered, { runner, builds: runner.builds, deadLetters: runner.deadLetters });
      await runner.start();
    },
    async stop() {
      await served?.runner.stop();
      await served?.close();
    },
    committed: () => served?.committed(),
  };
}
