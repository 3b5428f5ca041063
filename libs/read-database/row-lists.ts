import { PostgresAdapter, sql, type RawBuilder } from 'kysely';
import type { Writing } from './read-database.js';

/** Whether many rows go to the database as one parameter: PostgreSQL; SQLite takes a parameter for each value. */
export const takesLists = (tx: Writing): boolean => tx.getExecutor().adapter instanceof PostgresAdapter;

/**
 * The rows of a JSON list, its one parameter, by the table's own types: one statement whatever their number, which is
 * read and planned in no time. A list of values for each column would have to be quoted value by value.
 */
export function rowsFromList(table: string, columns: readonly string[]): RawBuilder<unknown> {
  const named = sql.join(columns.map((column) => sql.ref(column)));
  return sql`select ${named} from json_populate_recordset(null::${sql.table(table)}, ${''}::json)`;
}
