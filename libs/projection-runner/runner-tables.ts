import type { Migrations } from '../read-database/migrations.js';

/** A projection in one version, with its tables; several of one projection may stand beside each other. */
export type BuildRow = {
  readonly build: string;
  readonly projection: string;
  readonly version: number;
  /** `building` until it has reached what stood when it began */
  readonly status: BuildStatus;
  /** names of its tables, by commas: a later version drops what this one made */
  readonly tables: string;
  /** why it does not go on, without personal data */
  readonly fault: string | null;
};
export type BuildStatus = 'building' | 'live';

/** Written in the transaction of the rows: what is done is done once. */
export type ProgressRow = {
  readonly build: string;
  readonly feed_partition: number;
  /** decimal text: offsets are 64 bits wide */
  readonly feed_offset: string;
};

/** How far a build is in each stream; whatever comes again is known by it. */
export type StreamRow = {
  readonly build: string;
  readonly stream: string;
  /** last revision folded; -1 where none was */
  readonly revision: number;
  /** 1: this and what follows waits among the dead letters */
  readonly parked: number;
};

/** An event that could not be folded, or that follows one. Holds the event as stored: personal data is sealed in it. */
export type DeadLetterRow = {
  readonly build: string;
  readonly stream: string;
  readonly revision: number;
  readonly event_type: string;
  readonly event: string;
  /** name of the error, never its message, which may repeat what a person typed */
  readonly fault: string;
  readonly parked_at: string;
};

export type RunnerTables = {
  projection_build: BuildRow;
  projection_progress: ProgressRow;
  projection_stream: StreamRow;
  dead_letter: DeadLetterRow;
};

export const RUNNER_MIGRATIONS: Migrations = [
  async (tx) => {
    await tx.schema
      .createTable('projection_build')
      .addColumn('build', 'text', (column) => column.primaryKey())
      .addColumn('projection', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('tables', 'text', (column) => column.notNull())
      .addColumn('fault', 'text')
      .execute();
    await tx.schema
      .createTable('projection_progress')
      .addColumn('build', 'text', (column) => column.notNull())
      .addColumn('feed_partition', 'integer', (column) => column.notNull())
      .addColumn('feed_offset', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('projection_progress_key', ['build', 'feed_partition'])
      .execute();
    await tx.schema
      .createTable('projection_stream')
      .addColumn('build', 'text', (column) => column.notNull())
      .addColumn('stream', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('parked', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('projection_stream_key', ['build', 'stream'])
      .execute();
    await tx.schema
      .createTable('dead_letter')
      .addColumn('build', 'text', (column) => column.notNull())
      .addColumn('stream', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('event_type', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('fault', 'text', (column) => column.notNull())
      .addColumn('parked_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('dead_letter_key', ['build', 'stream', 'revision'])
      .execute();
  },
];
