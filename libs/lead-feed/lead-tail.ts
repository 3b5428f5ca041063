import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';

/** Lead events in commit order, and how far the history was looked through for them. */
export interface TailPage {
  readonly events: readonly RecordedEvent[];
  readonly reached: Position;
}

interface KeptBatch extends TailPage {
  /** what the batch begins after */
  readonly after: Position | undefined;
  /** of the events as JSON */
  readonly characters: number;
}

/** An event may have half a megabyte, and each listener that is behind holds a page. */
const PAGE = 50;
/** Whoever is further behind reads the store. */
const MOST_KEPT_EVENTS = 500;
const MOST_KEPT_CHARACTERS = 4 * 1024 * 1024;
const PAUSE_MS = 1_000;

const isOfLead = ({ stream }: RecordedEvent): boolean => stream.startsWith('lead-');

/**
 * The end of the history, followed once for all who listen: the newest events are handed out from memory, older ones are
 * read page by page by those who need them. What is held in memory does not depend on how many listen, nor how slowly.
 */
export class LeadTail {
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();
  #kept: KeptBatch[] = [];
  #keptEvents = 0;
  #keptCharacters = 0;
  /** counts what was committed since the start: tells whether something came during a read */
  #commits = 0;
  #following: Promise<void> | undefined;

  constructor(private readonly store: Pick<EventStore, 'readAll' | 'subscribe' | 'head' | 'comparePositions'>) {}

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#following;
  }

  head(): Promise<Position | undefined> {
    return this.store.head();
  }

  /** Whether a position is one of this store, and not beyond its end. */
  async holds(position: Position): Promise<boolean> {
    const head = await this.store.head();
    try {
      return head !== undefined && this.store.comparePositions(position, head) <= 0;
    } catch {
      return false;
    }
  }

  /**
   * What follows a position: at once where there is something, else as soon as there is; undefined when the time is up,
   * the signal aborts or the tail is stopped. A page may hold no event of a lead and yet bring the position forward.
   *
   * @throws StoreFault
   */
  async next(
    after: Position | undefined,
    { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<TailPage | undefined> {
    this.#following ??= this.#follow();
    const until = performance.now() + waitMs;
    while (!signal.aborted && !this.#stopping.signal.aborted) {
      const commits = this.#commits;
      const found = this.#fromMemory(after) ?? (await this.#fromStore(after));
      if (found) return found;
      if (commits !== this.#commits) continue;
      if (!(await this.#woken(until - performance.now(), signal))) return undefined;
    }
    return undefined;
  }

  #fromMemory(after: Position | undefined): TailPage | undefined {
    const [oldest] = this.#kept;
    if (after === undefined || oldest?.after === undefined || this.#compare(after, oldest.after) < 0) return undefined;
    const batches = this.#kept.filter(({ reached }) => this.#compare(reached, after) > 0);
    const last = batches.at(-1);
    if (!last) return undefined;
    const events = batches.flatMap((batch) => batch.events);
    return { events: events.filter(({ position }) => this.#compare(position, after) > 0), reached: last.reached };
  }

  async #fromStore(after: Position | undefined): Promise<TailPage | undefined> {
    const page = await this.store.readAll({ ...(after === undefined ? {} : { after }), limit: PAGE });
    const last = page.at(-1);
    return last && { events: page.filter(isOfLead), reached: last.position };
  }

  /** Resolves true when something was committed, false when the time is up or nobody wants to know any more. */
  #woken(waitMs: number, signal: AbortSignal): Promise<boolean> {
    if (waitMs <= 0 || signal.aborted || this.#stopping.signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (woken: boolean): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.#waiting.delete(wake);
        resolve(woken);
      };
      const wake = (): void => settle(!this.#stopping.signal.aborted);
      const giveUp = (): void => settle(false);
      const timer = setTimeout(giveUp, waitMs);
      signal.addEventListener('abort', giveUp);
      this.#waiting.add(wake);
    });
  }

  /** Follows the store for as long as somebody may listen; begins anew at the end where the subscription fails. */
  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        let after = await this.store.head();
        const batches = this.store.subscribe({ signal, ...(after === undefined ? {} : { after }) });
        for await (const batch of batches) {
          const reached = batch.at(-1)?.position;
          if (reached === undefined) continue;
          const events = batch.filter(isOfLead);
          this.#keep({ after, reached, events, characters: JSON.stringify(events).length });
          after = reached;
        }
      } catch {
        // Those who listen read the store themselves, and answer for its faults.
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
      this.#kept = [];
      this.#keptEvents = 0;
      this.#keptCharacters = 0;
    }
  }

  #keep(batch: KeptBatch): void {
    this.#kept.push(batch);
    this.#keptEvents += batch.events.length + 1;
    this.#keptCharacters += batch.characters;
    while (this.#keptEvents > MOST_KEPT_EVENTS || this.#keptCharacters > MOST_KEPT_CHARACTERS) {
      const oldest = this.#kept.shift();
      if (!oldest) break;
      this.#keptEvents -= oldest.events.length + 1;
      this.#keptCharacters -= oldest.characters;
    }
    this.#commits += 1;
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #compare(a: Position, b: Position): number {
    return this.store.comparePositions(a, b);
  }
}
