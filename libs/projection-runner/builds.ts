import { sql } from 'kysely';
import type { FeedProgress } from '../event-feed/event-feed.js';
import type { Reading, Writing } from '../read-database/read-database.js';
import { onTablesOf, storedName, suffixOf } from './build-tables.js';
import { withoutIndexes } from './deferred-indexes.js';
import { Overtaken, type Projection } from './projection.js';
import type { BuildRow, RunnerTables } from './runner-tables.js';
import { serveTables } from './served-tables.js';

export const tablesOf = (build: Pick<BuildRow, 'tables'>): readonly string[] => build.tables.split(',');
/** The same as they are stored. */
export const storedTables = ({ tables, version, serial }: BuildRow): readonly string[] =>
  tablesOf({ tables }).map((table) => storedName(table, suffixOf(version, serial)));

/** All builds of a projection that stand, the oldest first. */
export function readBuilds(reading: Reading, projection: string): Promise<BuildRow[]> {
  return reading
    .withTables<RunnerTables>()
    .selectFrom('projection_build')
    .selectAll()
    .where('projection', '=', projection)
    .orderBy('version')
    .orderBy('serial')
    .execute();
}

/**
 * The builds of a projection that this program keeps up. Where its version has none, one is made: it serves at once
 * where nothing does, else it is filled beside what serves, which stays as it is until the new one has caught up.
 *
 * @param isShared whether programs of several versions may be at work at once, as while instances are replaced
 */
export async function openBuilds(tx: Writing, projection: Projection, isShared = false): Promise<readonly BuildRow[]> {
  const all = await readBuilds(tx, projection.name);
  // Beside a newer program that has taken over an older one keeps nothing up: they would take it from each other.
  if (isShared && all.some(({ serving, version }) => serving === 1 && version > projection.version)) return [];
  const ofVersion = all.filter((build) => build.version === projection.version);
  const running = ofVersion.filter((build) => build.status !== 'retired');
  if (running.length > 0) return running;
  const retired = ofVersion.at(-1);
  // An older program came back: what it had is taken up where it was left.
  if (retired !== undefined) return [await resumeBuild(tx, retired)];
  return [await createBuild(tx, projection, false)];
}

/** Empty tables without progress, beside all that stand. */
export async function createBuild(tx: Writing, projection: Projection, held: boolean): Promise<BuildRow> {
  const { name, version, tables } = projection;
  const all = await readBuilds(tx, name);
  const serial = 1 + Math.max(0, ...all.filter((build) => build.version === version).map((build) => build.serial));
  const suffix = suffixOf(version, serial);
  const indexes = await withoutIndexes(onTablesOf(tx, tables, suffix), (own) => projection.createTables(own));
  const row: BuildRow = {
    build: `${name}.${version}.${serial}`,
    projection: name,
    version,
    serial,
    status: 'building',
    serving: 0,
    held: held ? 1 : 0,
    tables: tables.join(','),
    indexes: JSON.stringify(indexes),
    fault: null,
  };
  await tx.withTables<RunnerTables>().insertInto('projection_build').values(row).execute();
  return all.some((build) => build.serving === 1) ? row : serveBuild(tx, row);
}

/** Sets a retired build going again, to be promoted when it has caught up. */
export async function resumeBuild(tx: Writing, build: BuildRow): Promise<BuildRow> {
  const change = { status: 'building', held: 0, fault: null } as const;
  await updateBuild(tx, build.build, change);
  return { ...build, ...change };
}

/** Lets queries see this build instead of the one they saw, which is retired and kept. */
export async function serveBuild(tx: Writing, build: BuildRow): Promise<BuildRow> {
  const serving = (await readBuilds(tx, build.projection)).find((other) => other.serving === 1);
  if (serving !== undefined) await updateBuild(tx, serving.build, { serving: 0, status: 'retired' });
  await updateBuild(tx, build.build, { serving: 1 });
  await serveTables(tx, serving ? tablesOf(serving) : [], tablesOf(build), suffixOf(build.version, build.serial));
  return { ...build, serving: 1 };
}

export async function dropBuild(tx: Writing, row: BuildRow): Promise<void> {
  const { build } = row;
  for (const table of storedTables(row)) await tx.schema.dropTable(table).execute();
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
  const begun = rows.filter((row) => row.feed_offset !== NOT_BEGUN);
  return new Map(begun.map((row) => [row.feed_partition, BigInt(row.feed_offset)]));
}

const NOT_BEGUN = '-1';

/** Where a build is to be moved in a partition; undefined: where it has not begun. */
export interface ProgressMove {
  readonly partition: number;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
}

/**
 * The fence between processes, first of all in a transaction: takes the partitions' rows, which nobody else has until
 * the commit, and moves them from where this process left them. One that was stopped, or cut off, and whose work another
 * took over finds them elsewhere, and nothing of its batches is done. Only for a database that is shared.
 *
 * @param moves of each partition one at most; `to` the same as `from`: only to hold it
 * @throws Overtaken
 */
export async function moveProgress(tx: Writing, build: string, moves: readonly ProgressMove[]): Promise<void> {
  for (const { partition, from, to } of moves)
    if (from === undefined) await begin(tx, build, partition, offsetText(to));
  const begun = moves.filter(({ from }) => from !== undefined);
  if (begun.length === 0) return;
  const places = begun.map(
    ({ partition, from, to }) => sql`(${partition}::integer, ${offsetText(from)}::text, ${offsetText(to)}::text)`,
  );
  const { numAffectedRows } = await sql`
    update projection_progress set feed_offset = move.destination
    from (values ${sql.join(places)}) as move (place, origin, destination)
    where build = ${build} and feed_partition = move.place and feed_offset = move.origin`.execute(tx);
  if (numAffectedRows !== BigInt(begun.length)) throw new Overtaken();
}

async function begin(tx: Writing, build: string, partition: number, feed_offset: string): Promise<void> {
  const { numInsertedOrUpdatedRows } = await tx
    .withTables<RunnerTables>()
    .insertInto('projection_progress')
    .values({ build, feed_partition: partition, feed_offset })
    .onConflict((conflict) =>
      conflict
        .columns(['build', 'feed_partition'])
        .doUpdateSet({ feed_offset })
        .where('projection_progress.feed_offset', '=', NOT_BEGUN),
    )
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw new Overtaken();
}

const offsetText = (offset: bigint | undefined): string => (offset === undefined ? NOT_BEGUN : String(offset));

/** Keeps every process from moving a build on, until the transaction's end. */
export async function holdProgress(tx: Writing, build: string): Promise<void> {
  await tx
    .withTables<RunnerTables>()
    .updateTable('projection_progress')
    .set((eb) => ({ feed_offset: eb.ref('feed_offset') }))
    .where('build', '=', build)
    .execute();
}

export function readBuild(reading: Reading, build: string): Promise<BuildRow | undefined> {
  return reading
    .withTables<RunnerTables>()
    .selectFrom('projection_build')
    .selectAll()
    .where('build', '=', build)
    .executeTakeFirst();
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

/** What is new of a build: how it stands, or why it does not go on (null: it does). */
export async function updateBuild(
  tx: Writing,
  build: string,
  change: Partial<Pick<BuildRow, 'status' | 'serving' | 'held' | 'indexes' | 'fault'>>,
): Promise<void> {
  await tx.withTables<RunnerTables>().updateTable('projection_build').set(change).where('build', '=', build).execute();
}
