import { sql, type Transaction } from 'kysely';
import type { Reading, Writing } from '../read-database/read-database.js';
import { createTable, integer, integerOrNull, text, textOrNull, type RowOf } from '../read-database/table-shape.js';

/** Of the tables and of what is written into them: an index of another version is made anew from the log. */
export const INDEX_VERSION = 1;

/** One row; a table of its own, which every version can read. */
export const VERSION = { version: integer };

/** One row: how far the index is. It stands at that checkpoint, but while it is being built. */
export const PROGRESS = {
  id: integer,
  origin: text,
  size: integer,
  /** of the tree of that size, hex */
  root: text,
  /** the checkpoint's note; '' while the index is being built and between two */
  checkpoint: text,
};
export type ProgressRow = RowOf<typeof PROGRESS>;

/** Where every leaf of every stream is. */
export const LEAF = { stream: text, revision: integer, idx: integer, quarantined: integer };
export type LeafRow = RowOf<typeof LEAF>;

/** Who had a lead from when to when, with the leaves that began and ended it. */
export const HELD = {
  lead: text,
  role: text,
  revision: integer,
  idx: integer,
  team: text,
  person: textOrNull,
  since: text,
  recorded_at: text,
  /** the actor as JSON */
  by: text,
  reason: textOrNull,
  until: textOrNull,
  ended_revision: integerOrNull,
  ended_idx: integerOrNull,
  ended_recorded_at: textOrNull,
  ended_by: textOrNull,
  ended_reason: textOrNull,
};
export type HeldRow = RowOf<typeof HELD>;

/** Every leaf that changed the state of a lead or who had it. */
export const CHANGE = {
  idx: integer,
  lead: text,
  revision: integer,
  type: text,
  occurred_at: text,
  recorded_at: text,
  actor: text,
  /** the actor as JSON */
  by: text,
  /** the leaf's `change` as JSON */
  change: text,
};
export type ChangeRow = RowOf<typeof CHANGE>;

export type LeafIndexTables = {
  index_version: RowOf<typeof VERSION>;
  index_progress: ProgressRow;
  leaf: LeafRow;
  held: HeldRow;
  lead_change: ChangeRow;
};

/** Several queries at one moment, which is that of a checkpoint. */
export const lookIn =
  (reading: Reading) =>
  <T>(at: (tx: Transaction<LeafIndexTables>) => Promise<T>): Promise<T> =>
    reading.withTables<LeafIndexTables>().transaction().execute(at);

/** Throws away what is there and makes the tables anew, empty. */
export async function makeAnew(tx: Writing): Promise<void> {
  for (const table of ['index_version', 'index_progress', 'leaf', 'held', 'lead_change']) {
    await tx.schema.dropTable(table).ifExists().execute();
  }
  await createTable(tx, 'index_version', VERSION, ['version']);
  await tx.withTables<LeafIndexTables>().insertInto('index_version').values({ version: INDEX_VERSION }).execute();
  await createTable(tx, 'index_progress', PROGRESS, ['id']);
  await createTable(tx, 'leaf', LEAF, ['stream', 'revision']);
  await createTable(tx, 'held', HELD, ['lead', 'role', 'revision']);
  await createTable(tx, 'lead_change', CHANGE, ['idx']);
  await sql`create index held_team on held (team, since)`.execute(tx);
  await sql`create index held_person on held (person, since) where person is not null`.execute(tx);
  await sql`create index change_actor on lead_change (actor, recorded_at, idx)`.execute(tx);
  await sql`create index change_lead on lead_change (lead, recorded_at, idx)`.execute(tx);
}
