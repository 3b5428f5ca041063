import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadDatabase } from '../read-database/read-database.js';
import { serveBuild, storedTables, updateBuild } from './builds.js';
import { createIndexes } from './deferred-indexes.js';
import type { BuildRow } from './runner-tables.js';

/**
 * A build that has caught up: gets its indexes, and from now on parks what it cannot fold. Each index is made in a
 * transaction of its own, and requests come in between; should the process end here, those that are left are made next
 * time.
 */
export async function goLive(database: ReadDatabase, build: BuildRow): Promise<BuildRow> {
  let left = JSON.parse(build.indexes) as readonly string[];
  while (left.length > 0) {
    const [first = '', ...others] = left;
    await database.transaction(async (tx) => {
      await createIndexes(tx, [first]);
      await updateBuild(tx, build.build, { indexes: JSON.stringify(others) });
    });
    left = others;
    await nextTurn();
  }
  await database.filled(storedTables(build));
  await database.transaction((tx) => updateBuild(tx, build.build, { status: 'live' }));
  return { ...build, status: 'live', indexes: '[]' };
}

/** Queries see the build from now on. */
export const promote = (database: ReadDatabase, build: BuildRow): Promise<BuildRow> =>
  database.transaction((tx) => serveBuild(tx, build));
