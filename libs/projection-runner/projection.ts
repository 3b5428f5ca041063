import type { RecordedEvent } from '../event-store/event-store.js';
import type { Writing } from '../read-database/read-database.js';

/**
 * A read model's way from events to rows. Pure of anything but its own tables: it reads no other stream and no clock,
 * so that a rebuild gives the same rows. Rows over several streams change commutatively (counts, greatest), since
 * only the order within a stream is given.
 */
export interface Projection {
  readonly name: string;
  /** raised with every change of rows or rules: the tables are then made anew and filled from the start of history */
  readonly version: number;
  /** `lead` for the streams `lead-<id>` */
  readonly category: string;
  /** the tables that `createTables` makes; they are this projection's alone */
  readonly tables: readonly string[];
  createTables(tx: Writing): Promise<void>;
  /**
   * Whether it knows a stored type (`LeadScored.v1`), with or without anything to write for it. What it does not know
   * may change what follows, so the stream is parked there.
   */
  handles(type: string): boolean;
  /**
   * Folds a batch into its rows, one write per row. Each stream's events come in order, each once and without a gap.
   *
   * @throws on events that cannot be folded; the transaction is then rolled back, and the stream at fault parked
   */
  apply(events: readonly RecordedEvent[], tx: Writing): Promise<void>;
}

/** Events are missing between what a projection has of a stream and what came: nobody may fold over that. */
export class RevisionGap extends Error {
  override name = 'RevisionGap';
  constructor(stream: string, expected: number, came: number) {
    super(`${stream}: revision ${came} came where ${expected} follows`);
  }
}

/** Another process has moved the build on in a partition: this one looks anew where it is. */
export class Overtaken extends Error {
  override name = 'Overtaken';
}

/** While a projection is rebuilt nothing is parked: it stops, and whoever looks finds where. */
export class RebuildStopped extends Error {
  override name = 'RebuildStopped';
  /** @param why name of an error, without personal data */
  constructor(
    projection: string,
    why: string,
    readonly place: StreamPlace,
  ) {
    super(`${projection}: ${why} at ${place.stream}@${place.revision}`);
  }
}

/** A type or version that the projection does not know, where it was tried again. */
export class UnknownEventType extends Error {
  override name = 'UnknownEventType';
}

/** A stream's place in the order, `name` and `revision`, as a command answers it. */
export interface StreamPlace {
  readonly stream: string;
  readonly revision: number;
}
