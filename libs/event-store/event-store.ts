import type { JsonObject } from '../decider/json.js';

/**
 * A place in the store's global commit order: opaque outside the store that gave it (a decimal sequence in SQLite
 * and in memory, commit and prepare in EventStoreDB). Compare two only with `comparePositions` of the same store.
 */
export type Position = string;

/** The revision a stream must have for an append to happen: its last event's (from 0), or that it has none. */
export type ExpectedRevision = number | 'no-stream';

export interface NewEvent {
  /** UUID. Never used again for other bytes: a store answers a repetition by its ids. */
  readonly id: string;
  /** type with version: `LeadScored.v1` */
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** from 0, without a gap */
  readonly revision: number;
  readonly position: Position;
}

export type AppendResult =
  | { readonly ok: true; readonly revision: number; readonly position: Position }
  | { readonly ok: false; readonly reason: 'conflict'; readonly actual: ExpectedRevision };

export interface ReadStreamOptions {
  /** first revision to return, inclusive; default the first (forward) or the last (backward) */
  readonly from?: number;
  readonly direction?: 'forward' | 'backward';
  /** at most 10,000; default 1,000 */
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** exclusive; from the start when absent */
  readonly after?: Position;
  /** at most 10,000; default 1,000 */
  readonly limit?: number;
}

export interface SubscribeOptions {
  /** exclusive; from the start when absent */
  readonly after?: Position;
  /** ends the subscription cleanly */
  readonly signal: AbortSignal;
  /** most events in a batch; default 1,000. A batch is what is waiting, never a wait for a full one. */
  readonly batchSize?: number;
}

/**
 * The port behind which SQLite, EventStoreDB and memory are exchangeable. An append that was answered `ok` is durable.
 *
 * @throws StoreFault when the store cannot answer (closed, disk full, away). The outcome of an append is then unknown;
 * the same events at the same expected revision may be sent again and take effect once.
 */
export interface EventStore {
  /** The SQLite file in which they are, for whoever reads much in a thread of its own; absent where there is none. */
  readonly sqliteFile?: string;
  /**
   * Appends all events or none. At the exact revision only; the same ids again at the same expected revision answer
   * with the first append's result, whatever came after. Any other mismatch is a `conflict` that names the actual
   * revision. No events: only the revision is checked; the answer names the stream's last event (revision -1 and the
   * position before the first event where there is no stream).
   *
   * @throws EventTooLarge over 512 KiB for one event, AppendTooLarge over 1 MiB for all, before anything is sent
   * @throws TypeError, RangeError for what is no event, stream name (`category-id`) or JSON, before anything is sent
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;
  /** A page of a stream; empty where the stream does not exist or ends before `from`. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;
  /** A page of all streams in commit order. */
  readAll(options?: ReadAllOptions): Promise<readonly RecordedEvent[]>;
  /** All events after a position, in commit order, each once; batches are never empty. Ends only by the signal. */
  subscribe(options: SubscribeOptions): AsyncIterable<readonly RecordedEvent[]>;
  /** The last position, or undefined in an empty store. */
  head(): Promise<Position | undefined>;
  comparePositions(a: Position, b: Position): number;
  close(): Promise<void>;
}

export class StoreFault extends Error {
  override name = 'StoreFault';
}

/** What stands in the store at a position is no event any more. All before it can be read. */
export class UnreadableEvent extends StoreFault {
  override name = 'UnreadableEvent';

  constructor(position: Position) {
    super(`the event at position ${position} of the store cannot be read`);
  }
}

export class EventTooLarge extends Error {
  override name = 'EventTooLarge';
  constructor(
    readonly type: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`event ${type} has ${bytes} bytes; the limit is ${limit}`);
  }
}

/** Events that are each allowed but together are more than one append may hold. */
export class AppendTooLarge extends Error {
  override name = 'AppendTooLarge';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`the events of one append have ${bytes} bytes; the limit is ${limit}`);
  }
}

/** Too much is waiting to be written: nothing of this append was taken; try again later (HTTP: 503, Retry-After). */
export class StoreOverloaded extends StoreFault {
  override name = 'StoreOverloaded';
}

/** Most events of one append, which is one transaction everywhere. */
export const MOST_EVENTS_PER_APPEND = 1_000;

/** Most bytes of one event's data and metadata as JSON: what the store takes, Kafka must take too. */
export const MOST_EVENT_BYTES = 512 * 1024;

/**
 * Most bytes of all events of one append, as EventStoreDB counts them: JSON of data and metadata, and two for each
 * character of a type. Its own default, held by every store, so that no history is bound to one of them.
 */
export const MOST_APPEND_BYTES = 1024 * 1024;
