import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { TrailPlace } from './trail-set-up.js';
import type { Trail, TrailObservation, TrailStatus } from './trail-status.js';
import { TrailRefused } from './trail-refused.js';

export interface TrailThreadData {
  /** of the event store */
  readonly storeFile: string;
  readonly place: TrailPlace;
}

export type ToTrail = { readonly kind: 'committed' | 'stop' } | { readonly kind: 'status'; readonly question: number };
export type FromTrail =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly line: string }
  | { readonly kind: 'status'; readonly question: number; readonly status: TrailStatus }
  | { readonly kind: 'seen'; readonly seen: TrailObservation };

export interface TrailThreadParts {
  readonly data: TrailThreadData;
  /** Until the store has committed something, or the signal. */
  readonly committed: (signal: AbortSignal) => Promise<void>;
  readonly observe: (seen: TrailObservation) => void;
}

/** A batch of events and the hashes at the log's edge are little; without a limit V8 would let garbage gather. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 };
/** Of all commits within so many milliseconds it is told once: each message takes time of both threads. */
const TOLD_EVERY_MS = 20;
const THREAD = fileURLToPath(new URL('./trail.worker.js', import.meta.url));

/** A trail that is kept in a thread of its own, so that sealing does not slow down commands. */
export class TrailThread implements Trail {
  /** Whether the thread's program is there: it is compiled. */
  static readonly canStart: boolean = existsSync(THREAD);

  readonly #stopping = new AbortController();
  readonly #questions = new Map<number, (status: TrailStatus) => void>();
  readonly #exited: Promise<void>;
  #asked = 0;
  /** what is said of a thread that has ended */
  #ended: TrailStatus | undefined;

  private constructor(
    private readonly worker: Worker,
    { committed, observe }: TrailThreadParts,
  ) {
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (said: FromTrail) => {
      if (said.kind !== 'status') return;
      this.#questions.get(said.question)?.(said.status);
      this.#questions.delete(said.question);
    });
    worker.on('error', (fault) => this.#end(`the thread of the trail has failed: ${fault.name}`, observe));
    worker.once('exit', () => {
      if (!this.#stopping.signal.aborted) this.#end('the thread of the trail has ended', observe);
    });
    void this.#passOn(committed);
  }

  /** @throws TrailRefused as `IndexedTrail.open`, whose refusals all come as this one */
  static async start(parts: TrailThreadParts): Promise<TrailThread> {
    const worker = new Worker(THREAD, { workerData: parts.data, resourceLimits: LIMITS });
    const opened = new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread of the trail ended before it had opened it')));
      worker.on('message', (said: FromTrail) => {
        if (said.kind === 'opened') resolve();
        if (said.kind === 'seen') parts.observe(said.seen);
        if (said.kind === 'refused') reject(new TrailRefused(said.line));
      });
    });
    await opened;
    return new TrailThread(worker, parts);
  }

  status(): Promise<TrailStatus> {
    if (this.#ended) return Promise.resolve(this.#ended);
    const question = (this.#asked += 1);
    return new Promise((resolve) => {
      this.#questions.set(question, resolve);
      this.#tell({ kind: 'status', question });
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#tell({ kind: 'stop' });
    await this.#exited;
  }

  /** The store tells this thread alone when there is something new. */
  async #passOn(committed: TrailThreadParts['committed']): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await committed(signal);
        await sleep(TOLD_EVERY_MS, undefined, { signal });
      } catch {
        // The end; or the store is closed or broken, and says so itself: nothing more will come.
        return;
      }
      this.#tell({ kind: 'committed' });
    }
  }

  #tell(message: ToTrail): void {
    this.worker.postMessage(message);
  }

  #end(rule: string, observe: TrailThreadParts['observe']): void {
    if (this.#ended) return;
    const nothing = { size: 0, publishedSize: 0, unsealedMs: 0, unpublishedMs: 0, missing: [] };
    this.#ended = { state: 'stopped', ...nothing, alarm: { rule } };
    observe({ kind: 'alarm', alarm: { rule } });
    for (const answer of this.#questions.values()) answer(this.#ended);
    this.#questions.clear();
  }
}
