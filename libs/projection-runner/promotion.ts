import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';
import { readBuild, serveBuild, storedTables, updateBuild } from './builds.js';
import { createIndexes } from './deferred-indexes.js';
import type { BuildRow } from './runner-tables.js';

/**
 * A build that has caught up: gets its indexes, and from now on parks what it cannot fold. Each index is made in a
 * transaction of its own, and requests come in between; should the process end here, those that are left are made next
 * time.
 */
export async function goLive(database: ReadDatabase, build: BuildRow): Promise<BuildRow> {
  // Several processes may come to this at once: each index is made by the first.
  const makeNext = async (tx: Writing): Promise<boolean> => {
    const row = await readBuild(tx, build.build);
    const [first, ...others] = JSON.parse(row?.indexes ?? '[]') as readonly string[];
    if (first === undefined) return false;
    await createIndexes(tx, [first]);
    await updateBuild(tx, build.build, { indexes: JSON.stringify(others) });
    return true;
  };
  while (await database.alone(makeNext)) await nextTurn();
  await database.filled(storedTables(build));
  await database.transaction((tx) => updateBuild(tx, build.build, { status: 'live' }));
  return { ...build, status: 'live', indexes: '[]' };
}

/** Queries see the build from now on. */
export const promote = (database: ReadDatabase, build: BuildRow): Promise<BuildRow> =>
  database.alone(async (tx) => {
    const row = await readBuild(tx, build.build);
    return row?.serving === 1 ? { ...build, serving: 1 } : serveBuild(tx, build);
  });
