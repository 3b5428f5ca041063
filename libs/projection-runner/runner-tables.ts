import type { Migrations } from '../read-database/migrations.js';

/** A projection in one version, with tables of its own; several of one projection may stand beside each other. */
export type BuildRow = {
  /** `lead-card.3.1`: projection, version and serial */
  readonly build: string;
  readonly projection: string;
  readonly version: number;
  /** from 1: one version may be built again */
  readonly serial: number;
  readonly status: BuildStatus;
  /** 1: queries see this one's tables */
  readonly serving: number;
  /** 1: promoted by an operator only, not as soon as it has caught up */
  readonly held: number;
  /** plain names of its tables, by commas */
  readonly tables: string;
  /** JSON list of the statements that make its indexes, once it has caught up */
  readonly indexes: string;
  /** why it does not go on, without personal data */
  readonly fault: string | null;
};
/** `building` until it has reached what stood when it began; `retired` once another took its place, kept as it is. */
export type BuildStatus = 'building' | 'live' | 'retired';

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
  // Builds side by side. What stood alone before is filled anew from the events, under names of its own.
  async (tx) => {
    const runner = tx.withTables<RunnerTables>();
    for (const { tables } of await runner.selectFrom('projection_build').select('tables').execute()) {
      for (const table of tables.split(',')) await tx.schema.dropTable(table).execute();
    }
    for (const table of ['projection_build', 'projection_progress', 'projection_stream', 'dead_letter'] as const) {
      await runner.deleteFrom(table).execute();
    }
    const alter = tx.schema.alterTable('projection_build');
    await alter.addColumn('serial', 'integer', (column) => column.notNull().defaultTo(1)).execute();
    await alter.addColumn('serving', 'integer', (column) => column.notNull().defaultTo(0)).execute();
    await alter.addColumn('held', 'integer', (column) => column.notNull().defaultTo(0)).execute();
    await alter.addColumn('indexes', 'text', (column) => column.notNull().defaultTo('[]')).execute();
  },
];
