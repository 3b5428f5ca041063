import type { MessagePort } from 'node:worker_threads';
import type { BuildOperations } from './build-operations.js';
import type { DeadLetterOperations } from './dead-letter-operations.js';
import { PortCalls, remote, ThreadEnded } from './port-calls.js';
import type { StreamPlace } from './projection.js';
import type { SkippedEvents } from './skipped-events.js';
import type { ViewRunner } from './view-runner.js';
import type { ViewStatus } from './view.js';
import type { WaitOptions } from './waiters.js';

export interface RemoteRunnerParts {
  /** whose other end `serveRunner` has */
  readonly port: MessagePort;
  /** asked by the other thread: deciding needs the store that writes */
  readonly skips: SkippedEvents;
  /** Until the store has committed something, or the signal. @throws once it is closed or broken */
  readonly committed: (signal: AbortSignal) => Promise<void>;
}

const ENDED: ViewStatus = {
  projection: 'views',
  version: 0,
  build: '',
  status: 'live',
  serving: false,
  done: 0,
  total: 0,
  behindMs: 0,
  parkedStreams: 0,
  oldestParkedMs: 0,
  fault: 'the thread of the views has ended',
};

/** A runner whose views are folded in another thread, so that neither they nor commands wait for each other. */
export class RemoteRunner implements ViewRunner {
  readonly builds: ViewRunner['builds'];
  readonly deadLetters: ViewRunner['deadLetters'];
  readonly #calls: PortCalls;
  readonly #stopping = new AbortController();

  constructor(private readonly parts: RemoteRunnerParts) {
    this.#calls = new PortCalls(parts.port, { skips: parts.skips });
    this.builds = remote<BuildOperations>(this.#calls, 'builds', {
      list: true,
      status: true,
      compare: true,
      rebuild: true,
      promote: true,
      drop: true,
    });
    this.deadLetters = remote<DeadLetterOperations>(this.#calls, 'deadLetters', {
      list: true,
      show: true,
      retry: true,
      release: true,
    });
  }

  async start(): Promise<void> {
    void this.#passOn();
    await this.#calls.call('thread', 'start', []);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#calls.call('thread', 'stop', []).catch((error: unknown) => {
      if (!(error instanceof ThreadEnded)) throw error;
    });
  }

  async whenProcessed(projection: string, place: StreamPlace, { timeoutMs, signal }: WaitOptions): Promise<boolean> {
    const calling = this.#calls.call('runner', 'whenProcessed', [projection, place, { timeoutMs }]);
    const processed = calling.catch((error: unknown) => {
      // A thread that has ended brings nothing any more; readiness says so.
      if (error instanceof ThreadEnded) return false;
      throw error;
    });
    return (signal ? Promise.race([processed, whenAborted(signal)]) : processed) as Promise<boolean>;
  }

  async whenCaughtUp(): Promise<void> {
    await this.#calls.call('runner', 'whenCaughtUp', []);
  }

  async status(): Promise<readonly ViewStatus[]> {
    if (this.#calls.isEnded) return [ENDED];
    return (await this.#calls.call('runner', 'status', [])) as readonly ViewStatus[];
  }

  /** The store tells this thread alone when there is something new. */
  async #passOn(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.parts.committed(signal);
      } catch {
        // It says so itself: nothing more will come.
        return;
      }
      this.#calls.tell('thread', 'committed');
    }
  }
}

const whenAborted = (signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener('abort', () => resolve(false), { once: true });
  });
