import type { LoopState } from '../telemetry/event-loop.js';

/** Why something is not ready, in a few fixed words; undefined when it is. */
export type ReadinessCheck = () => Promise<string | undefined>;

export interface ReadinessReport {
  readonly ready: boolean;
  /** what each part says: `ok` or why not */
  readonly checks: Readonly<Record<string, string>>;
}

export interface ReadinessLimits {
  readonly lagMs: number;
  readonly openHandles: number;
  /** a check that has not answered by then has failed, milliseconds */
  readonly checkMs: number;
}

const DEFAULT_LIMITS: ReadinessLimits = { lagMs: 500, openHandles: 8_000, checkMs: 2_000 };

/** Whether this process should be sent requests. Modules register what they depend on. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();
  readonly #stopping = new AbortController();

  constructor(
    private readonly look: () => LoopState,
    private readonly limits: ReadinessLimits = DEFAULT_LIMITS,
  ) {}

  /** @throws Error when the name is taken: two modules would hide each other */
  register(name: string, check: ReadinessCheck): void {
    if (this.#checks.has(name)) throw new Error(`a readiness check named ${name} is registered already`);
    this.#checks.set(name, check);
  }

  /** From now on not ready: the process is going down. */
  stop(): void {
    this.#stopping.abort();
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Aborts when the process is going down: for answers that would never end by themselves. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  async report(): Promise<ReadinessReport> {
    const named = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await this.#run(check)] as const),
    );
    const { lagMs, openHandles } = this.look();
    const checks = Object.fromEntries<string>([
      ...named,
      ['event-loop', lagMs > this.limits.lagMs ? `late by ${lagMs} ms` : 'ok'],
      ['open-handles', openHandles > this.limits.openHandles ? `${openHandles} are open` : 'ok'],
      ['process', this.isStopping ? 'is stopping' : 'ok'],
    ]);
    return { ready: Object.values(checks).every((state) => state === 'ok'), checks };
  }

  async #run(check: ReadinessCheck): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        resolve('did not answer in time');
      }, this.limits.checkMs);
    });
    try {
      return (await Promise.race([check(), late])) ?? 'ok';
    } catch {
      return 'failed';
    } finally {
      clearTimeout(timer);
    }
  }
}
