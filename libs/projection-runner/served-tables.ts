import type { Writing } from '../read-database/read-database.js';
import { storedName, type BuildSuffix } from './build-tables.js';

type AnyTables = Record<string, Record<string, unknown>>;

/**
 * Queries name a projection's tables plainly: SQL views of those names show the tables of the build that serves. They
 * change hands in one transaction, so a query sees all of one build or all of the other.
 *
 * @param before plain names that were served until now
 */
export async function serveTables(
  tx: Writing,
  before: readonly string[],
  tables: readonly string[],
  suffix: BuildSuffix,
): Promise<void> {
  for (const table of before) await tx.schema.dropView(table).execute();
  for (const table of tables) {
    const stored = tx.withTables<AnyTables>().selectFrom(storedName(table, suffix)).selectAll();
    await tx.schema.createView(table).as(stored).execute();
  }
}
