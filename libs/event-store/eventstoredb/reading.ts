import type { Position as ClientPosition, ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { StoreFault, type Position, type RecordedEvent } from '../event-store.js';
import type { StreamPage } from '../page.js';
import type { Connection } from './connection.js';
import { faultKind, storeFault } from './faults.js';
import { compareLogPositions, logPosition, positionText } from './position.js';
import { ourEvent } from './stored-event.js';
import type { StreamNames } from './stream-names.js';
import type { Turnstile } from './turnstile.js';

export interface ReadingParts {
  readonly connection: Connection;
  readonly names: StreamNames;
  /** how long a read may be without another event */
  readonly idleMs: number;
  /** in which a read that failed is made again: a node that went away is followed by another */
  readonly budgetMs: number;
  readonly turnstile: Turnstile;
  /** ms, only ever compared */
  readonly elapsed: () => number;
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
}

/** Events of all streams, ours only, and how far the server's log was looked through for them. */
export interface LogPage {
  readonly events: readonly RecordedEvent[];
  /** of the last event looked at, whosever it was; undefined where there was none */
  readonly reached: Position | undefined;
  /** whether the log ended there */
  readonly isEnd: boolean;
}

/** Events of the log asked for at once: system events lie between ours, so a page of one is not asked alone. */
const LEAST_LOG_EVENTS = 64;
const MOST_LOG_EVENTS = 4_096;

/** Reads pages, each a call of its own that ends in time and is cancelled on the server when it is not read out. */
export class Reading {
  /** the last one of ours that was seen: where a look for the head backwards may end */
  #seen: Position | undefined;

  constructor(private readonly parts: ReadingParts) {}

  /** @throws StoreFault, also where the server hides a part of the stream */
  async stream(stream: string, page: StreamPage): Promise<readonly RecordedEvent[]> {
    const { forward, from, limit } = page;
    const events = await this.#stream(stream, page);
    if (forward) assertWhole(stream, from, events);
    // Servers differ in what lies beyond the end: an empty page, or the last events.
    if (forward || events.length > 0 || from === Number.MAX_SAFE_INTEGER) return events;
    const [last] = await this.#stream(stream, { forward, from: Number.MAX_SAFE_INTEGER, limit: 1 });
    if (last === undefined || last.revision >= from) return [];
    return this.#stream(stream, { forward, from: last.revision, limit });
  }

  /**
   * @param cut ends the read
   * @throws StoreFault
   */
  async log(after: Position | undefined, limit: number, cut?: AbortSignal): Promise<LogPage> {
    const events: RecordedEvent[] = [];
    let reached = after;
    // Where nothing of ours is, the steps grow: another program's history may lie in between.
    for (let least = LEAST_LOG_EVENTS; ; least = events.length > 0 ? LEAST_LOG_EVENTS : least * 4) {
      const asked = Math.min(MOST_LOG_EVENTS, Math.max(least, limit - events.length)) + 1;
      const raw = await this.#raw(reached, asked, cut);
      for (const resolved of raw) {
        const position = positionText(resolved.event?.position);
        // The server begins with the very event at the position.
        if (position === reached) continue;
        const ours = ourEvent(resolved, this.parts.names);
        reached = position;
        if (ours === undefined) continue;
        events.push(ours);
        if (events.length === limit) return { events, reached, isEnd: false };
      }
      if (raw.length < asked) return { events, reached, isEnd: true };
    }
  }

  /** The position of our last event. */
  async head(): Promise<Position | undefined> {
    let before: ClientPosition | 'end' = 'end';
    for (let asked = 1; ; asked = Math.min(MOST_LOG_EVENTS, asked * 8)) {
      const raw: readonly ResolvedEvent[] = await this.#call('reading the end of the log', undefined, (client) =>
        // A follower may not have yet what somebody already holds for a checkpoint.
        client.readAll({ direction: 'backwards', fromPosition: before, maxCount: asked, requiresLeader: true }),
      );
      for (const resolved of raw) {
        const position = positionText(resolved.event?.position);
        if (position === this.#seen) return this.#seen;
        if (ourEvent(resolved, this.parts.names)) return this.saw(position);
      }
      const last = raw.at(-1)?.event?.position;
      if (last === undefined || raw.length < asked) return undefined;
      before = last;
    }
  }

  /** One of ours stands there. */
  saw(position: Position): Position {
    const seen = this.#seen;
    if (seen === undefined || compareLogPositions(logPosition(position), logPosition(seen)) > 0) this.#seen = position;
    return position;
  }

  #raw(after: Position | undefined, maxCount: number, cut: AbortSignal | undefined): Promise<readonly ResolvedEvent[]> {
    const fromPosition = after === undefined ? 'start' : logPosition(after);
    return this.#call('reading the log', cut, (client) => client.readAll({ fromPosition, maxCount }));
  }

  async #stream(stream: string, { forward, from, limit }: StreamPage): Promise<readonly RecordedEvent[]> {
    const { names } = this.parts;
    const stored = names.stored(stream);
    const direction = forward ? 'forwards' : 'backwards';
    const fromRevision = from === Number.MAX_SAFE_INTEGER ? 'end' : BigInt(from);
    const options = { direction, fromRevision, maxCount: limit, requiresLeader: true } as const;
    const raw = await this.#call('reading a stream', undefined, (client) => client.readStream(stored, options));
    return raw.map((resolved) => {
      const event = ourEvent(resolved, names);
      if (event === undefined) throw new StoreFault(`${stream} has an event that is no event of Baton`);
      return event;
    });
  }

  async #call(
    what: string,
    ended: AbortSignal | undefined,
    begin: (client: Parameters<Parameters<Connection['call']>[2]>[0]) => StreamingRead<ResolvedEvent>,
  ): Promise<readonly ResolvedEvent[]> {
    const { connection, idleMs, budgetMs, turnstile, elapsed, pause } = this.parts;
    const began = elapsed();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await turnstile.pass(0, () =>
          connection.call(what, idleMs, (client, cut, alive) =>
            collected(begin(client), ended ? [cut, ended] : [cut], alive),
          ),
        );
      } catch (error) {
        if (isNoStream(error)) return [];
        connection.assertOpen();
        const fault = storeFault(error);
        if (ended?.aborted === true) throw fault;
        connection.failed(fault);
        if (faultKind(fault) !== 'passing' || elapsed() - began >= budgetMs) throw fault;
        await pause(attempt, ended ?? connection.closed);
      }
    }
  }
}

/** A hidden beginning or a gap would be folded as if it had never happened. */
function assertWhole(stream: string, from: number, events: readonly RecordedEvent[]): void {
  const at = events.findIndex((event, index) => event.revision !== from + index);
  if (at >= 0)
    throw new StoreFault(
      `${stream} has no event ${from + at} any more: it was truncated on the server, by metadata or a deletion`,
    );
}

const isNoStream = (error: unknown): boolean => (error as { type?: unknown }).type === 'stream-not-found';

/** All events of a read; a read that is cut is cancelled on the server too. */
function collected(
  read: StreamingRead<ResolvedEvent>,
  cuts: readonly AbortSignal[],
  alive: () => void,
): Promise<readonly ResolvedEvent[]> {
  return new Promise((resolve, reject) => {
    const events: ResolvedEvent[] = [];
    const onCut = (): void => {
      void read.cancel().catch(() => undefined);
      done(() => reject(cuts.find(({ aborted }) => aborted)?.reason as Error));
    };
    const done = (settle: () => void): void => {
      for (const cut of cuts) cut.removeEventListener('abort', onCut);
      settle();
    };
    for (const cut of cuts) cut.addEventListener('abort', onCut, { once: true });
    read.on('data', (event: ResolvedEvent) => {
      events.push(event);
      alive();
    });
    read.on('end', () => done(() => resolve(events)));
    // Stays: an error that comes after all is said would end the process, were nobody listening.
    read.on('error', (error) => done(() => reject(error)));
    if (cuts.some(({ aborted }) => aborted)) onCut();
  });
}
