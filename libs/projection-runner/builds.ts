import type { FeedProgress } from '../event-feed/event-feed.js';
import type { Reading, Writing } from '../read-database/read-database.js';
import type { Projection } from './projection.js';
import type { BuildStatus, RunnerTables } from './runner-tables.js';

/** A projection's version as it stands in the database. */
export interface Build {
  readonly build: string;
  readonly status: BuildStatus;
}

/**
 * The build of a projection's present version. Where there is none it is made, with empty tables and no progress, and
 * other versions go: their rows can be had again from the events at any time.
 */
export async function openBuild(tx: Writing, projection: Projection): Promise<Build> {
  const { name, version, tables } = projection;
  const runner = tx.withTables<RunnerTables>();
  const all = await runner.selectFrom('projection_build').selectAll().where('projection', '=', name).execute();
  const present = all.find((row) => row.version === version);
  if (present !== undefined) return { build: present.build, status: present.status };
  for (const other of all) await dropBuild(tx, other.build, other.tables.split(','));
  const build = `${name}.v${version}`;
  await projection.createTables(tx);
  await runner
    .insertInto('projection_build')
    .values({ build, projection: name, version, status: 'building', tables: tables.join(','), fault: null })
    .execute();
  return { build, status: 'building' };
}

async function dropBuild(tx: Writing, build: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) await tx.schema.dropTable(table).execute();
  const runner = tx.withTables<RunnerTables>();
  await runner.deleteFrom('projection_progress').where('build', '=', build).execute();
  await runner.deleteFrom('projection_stream').where('build', '=', build).execute();
  await runner.deleteFrom('dead_letter').where('build', '=', build).execute();
  await runner.deleteFrom('projection_build').where('build', '=', build).execute();
}

export async function readProgress(reading: Reading, build: string): Promise<FeedProgress> {
  const rows = await reading
    .withTables<RunnerTables>()
    .selectFrom('projection_progress')
    .select(['feed_partition', 'feed_offset'])
    .where('build', '=', build)
    .execute();
  return new Map(rows.map((row) => [row.feed_partition, BigInt(row.feed_offset)]));
}

export async function writeProgress(tx: Writing, build: string, partition: number, offset: bigint): Promise<void> {
  const feed_offset = String(offset);
  await tx
    .withTables<RunnerTables>()
    .insertInto('projection_progress')
    .values({ build, feed_partition: partition, feed_offset })
    .onConflict((conflict) => conflict.columns(['build', 'feed_partition']).doUpdateSet({ feed_offset }))
    .execute();
}

/** What is new of a build: that it has caught up, or why it does not go on (null: it does). */
export async function updateBuild(
  tx: Writing,
  build: string,
  change: { readonly status?: BuildStatus; readonly fault?: string | null },
): Promise<void> {
  await tx.withTables<RunnerTables>().updateTable('projection_build').set(change).where('build', '=', build).execute();
}
