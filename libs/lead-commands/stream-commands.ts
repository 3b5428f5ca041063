import { LRUCache } from 'lru-cache';
import type { Refusal } from '../decider/decision.js';
import type { EventStore, NewEvent, RecordedEvent } from '../event-store/event-store.js';
import { emptyStream, foldOn, type Fold, type LoadedStream } from './loaded-stream.js';
import { StreamLines } from './stream-lines.js';

const MOST_ATTEMPTS = 8;
const PAGE = 1000;

/** How much is kept and may wait. */
interface Limits {
  readonly cachedStreams: number;
  /** of all cached streams together: a folded stream remembers each command that it took, some 300 bytes an event */
  readonly cachedEvents: number;
  readonly waitingPerStream: number;
}
const LIMITS: Limits = { cachedStreams: 20_000, cachedEvents: 400_000, waitingPerStream: 1_000 };

/** The caller's view of the stream: `required` where a command must name one. */
export type Precondition = (revision: number) => 'holds' | 'stale' | 'required';

/** What a command asks of a stream. */
export interface StreamCommand<State, Result> {
  readonly stream: string;
  readonly fold: Fold<State>;
  readonly commandId: string;
  readonly bodyMac: string;
  /** Nobody but this command makes the stream: the append tells if it is there already, and no read has to. */
  readonly presumedNew?: boolean;
  /** May the caller do this here at all? Looked at before anything else, also for a repetition. */
  admit(loaded: LoadedStream<State>): Promise<Refusal | undefined> | Refusal | undefined;
  readonly precondition?: Precondition;
  /** Pure decision and its encoding; called anew for each attempt, with fresh ids. */
  attempt(loaded: LoadedStream<State>): Promise<Attempt<Result>>;
}

export type Attempt<Result> =
  | { readonly ok: true; readonly result: Result; readonly events: readonly NewEvent[] }
  | { readonly ok: false; readonly refusal: Refusal };

export type Executed<State, Result> =
  | {
      readonly kind: 'done';
      readonly result: Result | undefined;
      /** the stream as this command left it, also when it is repeated later */
      readonly state: State;
      readonly revision: number;
      readonly events: readonly RecordedEvent[];
      readonly repeated: boolean;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'stale'; readonly revision: number }
  | { readonly kind: 'precondition-required' };

/**
 * Runs commands on streams: load, admit, decide, append at the exact revision, again from the load where another was
 * faster. Recently used streams are kept folded, so that most commands read nothing; the exact revision keeps that
 * safe for what is written, and a refusal is given only on a state that was looked at afresh.
 */
export class StreamCommands {
  readonly #cache: LRUCache<string, LoadedStream<unknown>>;
  readonly #lines: StreamLines;

  constructor(
    private readonly store: EventStore,
    { cachedStreams, cachedEvents, waitingPerStream }: Limits = LIMITS,
  ) {
    this.#cache = new LRUCache({
      max: cachedStreams,
      maxSize: cachedEvents,
      sizeCalculation: ({ revision }) => revision + 1,
    });
    this.#lines = new StreamLines(waitingPerStream);
  }

  /** The stream with everything in the store now. */
  async load<State>(stream: string, fold: Fold<State>): Promise<LoadedStream<State>> {
    let loaded = this.#cached(stream, fold);
    for (;;) {
      const events = await this.store.readStream(stream, { from: loaded.revision + 1, limit: PAGE });
      // Another reader may have folded the same events meanwhile; folding is from this reader's own base, so it is the same.
      loaded = foldOn(loaded, events, fold);
      if (events.length < PAGE) break;
    }
    if (loaded.revision >= 0) this.#keep(stream, loaded);
    return loaded;
  }

  /**
   * @throws LineFull when too many commands wait for the stream
   * @throws StoreFault when the store cannot answer; the command may be repeated
   */
  execute<State, Result>(command: StreamCommand<State, Result>): Promise<Executed<State, Result>> {
    return this.#lines.run(command.stream, () => this.#execute(command));
  }

  async #execute<State, Result>(command: StreamCommand<State, Result>): Promise<Executed<State, Result>> {
    const { stream, fold } = command;
    let fresh = !this.#cache.has(stream) && command.presumedNew !== true;
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const loaded = fresh ? await this.load(stream, fold) : this.#cached(stream, fold);
      const answer = await this.#once(command, loaded);
      if (answer !== 'conflict' && (answer.kind === 'done' || fresh)) return answer;
      fresh = true;
    }
    return { kind: 'refused', refusal: { code: 'conflict', rule: 'others changed it at the same time; try again' } };
  }

  async #once<State, Result>(
    command: StreamCommand<State, Result>,
    loaded: LoadedStream<State>,
  ): Promise<Executed<State, Result> | 'conflict'> {
    const refusal = await command.admit(loaded);
    if (refusal) return { kind: 'refused', refusal };
    const taken = loaded.taken.get(command.commandId);
    if (taken) return taken.bodyMac === command.bodyMac ? this.#repeat(command, taken) : { kind: 'key-reused' };
    const view = command.precondition?.(loaded.revision) ?? 'holds';
    if (view === 'required') return { kind: 'precondition-required' };
    if (view === 'stale') return { kind: 'stale', revision: loaded.revision };
    const attempt = await command.attempt(loaded);
    if (!attempt.ok) return { kind: 'refused', refusal: attempt.refusal };
    return this.#append(command, loaded, attempt);
  }

  async #append<State, Result>(
    { stream, fold }: StreamCommand<State, Result>,
    loaded: LoadedStream<State>,
    { result, events }: Attempt<Result> & { ok: true },
  ): Promise<Executed<State, Result> | 'conflict'> {
    if (events.length === 0) {
      return { kind: 'done', result, state: loaded.state, revision: loaded.revision, events: [], repeated: false };
    }
    const expected = loaded.revision < 0 ? 'no-stream' : loaded.revision;
    const appended = await this.store.append(stream, expected, events);
    if (!appended.ok) return 'conflict';
    const recorded = events.map((event, index) => ({
      ...event,
      stream,
      revision: loaded.revision + 1 + index,
      position: appended.position,
    }));
    const after = foldOn(loaded, recorded, fold);
    this.#keep(stream, after);
    return { kind: 'done', result, state: after.state, revision: after.revision, events: recorded, repeated: false };
  }

  /** The first result, from the stored events alone. */
  async #repeat<State, Result>(
    { stream, fold }: StreamCommand<State, Result>,
    { first, last }: { first: number; last: number },
  ): Promise<Executed<State, Result>> {
    let loaded = emptyStream(fold.initial);
    const events: RecordedEvent[] = [];
    while (loaded.revision < last) {
      const from = loaded.revision + 1;
      const page = await this.store.readStream(stream, { from, limit: Math.min(PAGE, last - from + 1) });
      if (page.length === 0) throw new Error(`stream ends at ${loaded.revision} but held ${last}`);
      loaded = foldOn(loaded, page, fold);
      events.push(...page.filter((event) => event.revision >= first));
    }
    return { kind: 'done', result: undefined, state: loaded.state, revision: last, events, repeated: true };
  }

  #cached<State>(stream: string, fold: Fold<State>): LoadedStream<State> {
    // A stream's kind follows from its name, so its cached state is of the fold's kind.
    return (this.#cache.get(stream) as LoadedStream<State> | undefined) ?? emptyStream(fold.initial);
  }

  #keep(stream: string, loaded: LoadedStream<unknown>): void {
    const kept = this.#cache.peek(stream);
    if (kept === undefined || kept.revision <= loaded.revision) this.#cache.set(stream, loaded);
  }
}
