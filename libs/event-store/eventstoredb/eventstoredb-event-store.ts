import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { encodeAppend, type EncodedAppend } from '../encoded-append.js';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  StoreFault,
  SubscribeOptions,
} from '../event-store.js';
import { pageLimit, streamPage } from '../page.js';
import { appending, type AppendingParts } from './appending.js';
import type { Credentials } from './address.js';
import { Connection } from './connection.js';
import { following, type FollowingParts } from './following.js';
import { compareLogPositions, LOG_START, logPosition } from './position.js';
import { Reading } from './reading.js';
import type { StreamNames } from './stream-names.js';
import { Turnstile } from './turnstile.js';

/** Times in milliseconds; each has a default that was found good on a cluster of three. */
export interface EventStoreDbTimes {
  /** one try of an append; 2,500 */
  readonly appendAttempt?: number;
  /** all tries of an append, longer than a cluster needs to elect a leader; 8,000 */
  readonly appendBudget?: number;
  /** a read without another event; 5,000 */
  readonly readIdle?: number;
  /** a read with all its tries; 3,000 */
  readonly readBudget?: number;
  /** a subscription without an event until the log is read instead; 10,000 */
  readonly quiet?: number;
}

export interface EventStoreDbParts {
  readonly connect: () => EventStoreDBClient;
  readonly names: StreamNames;
  readonly credentials: Credentials;
  readonly elapsed: () => number;
  readonly times?: EventStoreDbTimes;
  /** Waits before something is tried again; by default 50 ms, twice as long each time up to 2 s. */
  readonly pause?: (attempt: number, signal: AbortSignal) => Promise<void>;
}

/** Fewer than the 100 calls that the server takes at once on one connection; subscriptions need some too. */
const APPENDS_AT_ONCE = 64;
const READS_AT_ONCE = 24;
const MOST_WAITING = 10_000;
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

/** The event store in an EventStoreDB (or KurrentDB) server or cluster. */
export class EventStoreDbEventStore implements EventStore {
  readonly #connection: Connection;
  readonly #appends = new Turnstile({
    atOnce: APPENDS_AT_ONCE,
    mostWaiting: MOST_WAITING,
    mostBytes: MOST_WAITING_BYTES,
  });
  readonly #appending: AppendingParts;
  readonly #reading: Reading;
  readonly #following: FollowingParts;

  constructor({ connect, names, credentials, elapsed, times = {}, pause = longerEachTime }: EventStoreDbParts) {
    const connection = (this.#connection = new Connection(connect));
    const { appendAttempt = 2_500, appendBudget = 8_000, readIdle = 5_000, readBudget = 3_000, quiet = 10_000 } = times;
    const shared = { connection, names, elapsed, pause };
    this.#appending = { ...shared, credentials, attemptMs: appendAttempt, budgetMs: appendBudget };
    const turnstile = new Turnstile({ atOnce: READS_AT_ONCE, mostWaiting: MOST_WAITING, mostBytes: Infinity });
    this.#reading = new Reading({ ...shared, idleMs: readIdle, budgetMs: readBudget, turnstile });
    this.#following = { ...shared, reading: this.#reading, quietMs: quiet };
  }

  /** What waits for its commit: for metrics, and for refusing work before the limits do. */
  get waiting(): { readonly appends: number; readonly bytes: number } {
    return this.#appends.waiting;
  }

  /** Why the last call failed, for readiness; undefined once one succeeds. */
  get fault(): StoreFault | undefined {
    return this.#connection.fault;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const append = encodeAppend(stream, expected, events);
    this.#appending.names.stored(stream);
    this.#connection.assertOpen();
    if (append.events.length === 0) return this.#look(append);
    const result = await this.#appends.pass(append.bytes, () => appending(this.#appending, append));
    if (result.ok) this.#reading.saw(result.position);
    return result;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    this.#appending.names.stored(stream);
    return this.#reading.stream(stream, streamPage(options));
  }

  async readAll({ after, limit }: ReadAllOptions = {}): Promise<readonly RecordedEvent[]> {
    if (after !== undefined) logPosition(after);
    return (await this.#reading.log(after, pageLimit(limit))).events;
  }

  subscribe(options: SubscribeOptions): AsyncIterable<readonly RecordedEvent[]> {
    return following(this.#following, options);
  }

  async head(): Promise<Position | undefined> {
    return this.#reading.head();
  }

  comparePositions(a: Position, b: Position): number {
    return compareLogPositions(logPosition(a), logPosition(b));
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** An append of no events: on the server it would leave a record of nothing. */
  async #look({ stream, expected }: EncodedAppend): Promise<AppendResult> {
    const [last] = await this.readStream(stream, { direction: 'backward', limit: 1 });
    const revision = last?.revision ?? -1;
    if (revision === expected) return { ok: true, revision, position: last?.position ?? LOG_START };
    return { ok: false, reason: 'conflict', actual: last ? revision : 'no-stream' };
  }
}

async function longerEachTime(attempt: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(2_000, 50 * 2 ** attempt), undefined, { signal }).catch(() => undefined);
}
