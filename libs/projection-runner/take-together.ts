import type { FeedBatch } from '../event-feed/event-feed.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { Taking, View } from './view.js';

/**
 * Brings batches into several views in one transaction, where the database is this process's alone: one commit instead
 * of one each, and while the database writes what one view folded, the next one folds.
 *
 * @returns false where something could not be folded: then nothing is done, and each view has to take them alone
 * @throws the fault of a database that cannot work now
 */
export async function takeTogether(
  views: readonly View[],
  batches: readonly FeedBatch[],
  database: ReadDatabase,
  advanced: () => void,
): Promise<boolean> {
  const taken = commonWork(views, batches, database);
  const working = taken.then(() => undefined);
  await Promise.all(views.map((view) => view.during(working)));
  if (!(await taken)) return false;
  advanced();
  return true;
}

async function commonWork(
  views: readonly View[],
  batches: readonly FeedBatch[],
  database: ReadDatabase,
): Promise<boolean> {
  const found = await Promise.all(views.map((view) => view.taking(batches)));
  const takings = found.filter((taking): taking is Taking => taking !== undefined);
  if (takings.length === 0) return true;
  try {
    await database.transaction((tx) => all(takings.map(({ fold }) => fold(tx))));
  } catch (error) {
    if (database.isUnavailable(error)) throw error;
    return false;
  }
  await all(takings.map(({ done }) => done()));
  return true;
}

/** Over before it throws: nothing still writes when the transaction is undone. */
async function all(works: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
