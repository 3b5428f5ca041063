import type { Position, RecordedEvent } from '../event-store/event-store.js';

/** Events ready to be sent: made of them while others are on their way. */
export interface PreparedBatch {
  readonly events: readonly RecordedEvent[];
  readonly lastPosition: Position;
}

/** The right to publish, until somebody else takes it. */
export interface RelaySession<Prepared extends PreparedBatch = PreparedBatch> {
  /** how far whoever published before came; undefined: nothing was published yet */
  readonly position: Position | undefined;
  /** @throws RelayFault for an event that cannot be sent at all */
  prepare(events: readonly RecordedEvent[]): Prepared;
  /**
   * Publishes all events and the position together, or nothing.
   *
   * @throws RelayFault; after one that is `retriable` nobody knows whether it was done: a new session does
   */
  publish(batch: Prepared): Promise<void>;
  close(): Promise<void>;
}

/** Where a relay brings events: each once, in their order, with the position reached. */
export interface RelayTarget {
  /**
   * Takes the right to publish from whoever has it, for good, before it says how far they came.
   *
   * @throws RelayFault
   */
  begin(): Promise<RelaySession>;
  /**
   * How far whoever publishes is, without taking anything from them.
   *
   * @throws RelayFault
   */
  reached(): Promise<Position | undefined>;
}

/** `retriable`: a new session may go on; `fenced`: another took over; `fatal`: it stays so until something is changed. */
export interface RelayFault extends Error {
  readonly kind: 'retriable' | 'fenced' | 'fatal';
}

export const isRelayFault = (error: unknown): error is RelayFault =>
  error instanceof Error && 'kind' in error && ['retriable', 'fenced', 'fatal'].includes(String(error.kind));
