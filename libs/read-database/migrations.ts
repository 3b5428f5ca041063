import type { Writing } from './read-database.js';
import { ReadDatabaseFault } from './read-database.js';

/** Steps from nothing to the present tables of one owner; step n leads from version n-1 to n. Only ever appended to. */
export type Migrations = readonly ((tx: Writing) => Promise<void>)[];

type SchemaTables = { schema_version: { owner: string; version: number } };

/**
 * Brings an owner's tables up to this program's version, within the given transaction.
 *
 * @throws ReadDatabaseFault where the tables are of a newer version than this program knows
 */
export async function migrate(tx: Writing, owner: string, migrations: Migrations): Promise<void> {
  await tx.schema
    .createTable('schema_version')
    .ifNotExists()
    .addColumn('owner', 'text', (column) => column.primaryKey())
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute();
  const versions = tx.withTables<SchemaTables>();
  const row = await versions
    .selectFrom('schema_version')
    .select('version')
    .where('owner', '=', owner)
    .executeTakeFirst();
  const from = row?.version ?? 0;
  if (from > migrations.length) {
    throw new ReadDatabaseFault(
      `the read database's tables of ${owner} have version ${from}, this program knows ${migrations.length}: ` +
        'use the newer program, or remove the read database and let it be rebuilt',
    );
  }
  for (const step of migrations.slice(from)) await step(tx);
  await versions
    .insertInto('schema_version')
    .values({ owner, version: migrations.length })
    .onConflict((conflict) => conflict.column('owner').doUpdateSet({ version: migrations.length }))
    .execute();
}
