import { sql, type Kysely } from 'kysely';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';
import { storedName, suffixOf } from './build-tables.js';
import { tablesOf } from './builds.js';
import type { BuildRow } from './runner-tables.js';

/** How the rows of two builds differ in one table, by the columns that both have. */
export interface TableComparison {
  readonly table: string;
  readonly rows: number;
  readonly otherRows: number;
  /** rows that only one of the two has */
  readonly onlyHere: number;
  readonly onlyThere: number;
  /** columns that only one of the two has, by name */
  readonly columns: readonly string[];
}

/**
 * Compares the tables that two builds of a projection have in common, all at one moment. Reads every row of both, and
 * holds up the views for as long.
 */
export function compareBuilds(database: ReadDatabase, here: BuildRow, there: BuildRow): Promise<TableComparison[]> {
  return database.snapshot(async (tx) => {
    const columnsOf = await columnsByTable(tx);
    const compared: TableComparison[] = [];
    for (const table of tablesOf(here).filter((one) => tablesOf(there).includes(one))) {
      const [a, b] = [here, there].map(({ version, serial }) => storedName(table, suffixOf(version, serial)));
      if (a !== undefined && b !== undefined) compared.push(await compareTables(tx, table, a, b, columnsOf));
    }
    return compared;
  });
}

async function compareTables(
  tx: Writing,
  table: string,
  here: string,
  there: string,
  columnsOf: ReadonlyMap<string, readonly string[]>,
): Promise<TableComparison> {
  const [ours, theirs] = [columnsOf.get(here) ?? [], columnsOf.get(there) ?? []];
  const both = sql.join(ours.filter((column) => theirs.includes(column)).map((column) => sql.ref(column)));
  const only = async (a: string, b: string): Promise<number> => {
    const rows = sql`select ${both} from ${sql.table(a)} except select ${both} from ${sql.table(b)}`;
    return countOf(await sql<Count>`select count(*) as count from (${rows}) as difference`.execute(tx));
  };
  const all = async (a: string): Promise<number> =>
    countOf(await sql<Count>`select count(*) as count from ${sql.table(a)}`.execute(tx));
  return {
    table,
    rows: await all(here),
    otherRows: await all(there),
    onlyHere: await only(here, there),
    onlyThere: await only(there, here),
    columns: [...new Set([...ours, ...theirs])].filter((one) => !(ours.includes(one) && theirs.includes(one))),
  };
}

async function columnsByTable(tx: Kysely<unknown>): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = await tx.introspection.getTables();
  return new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
}

type Count = { readonly count: number | string | bigint };
const countOf = ({ rows }: { readonly rows: readonly Count[] }): number => Number(rows[0]?.count ?? 0);
