import { setImmediate as nextTurn } from 'node:timers/promises';
import { CompiledQuery, sql, type RawBuilder } from 'kysely';
import { rowsFromList, takesLists } from './row-lists.js';
import { inStatements, MANY_ROWS } from './statement-sizes.js';
import type { SqlValue, Writing } from './read-database.js';

/** Rows of a list: enough that the statement's own cost is nothing, few enough to be sent while others are served. */
const MOST_LISTED = 1_000;

/** What becomes of a column where the row's key is already there. A column that is not named keeps its value. */
export type OnConflict = 'replace' | 'add' | 'greatest';

export interface RowShape<Row extends { readonly [Column in keyof Row]: SqlValue }> {
  readonly table: string;
  /** all columns of the table, in any order */
  readonly columns: readonly (keyof Row & string)[];
  readonly key: readonly (keyof Row & string)[];
  /** columns that never change once the row is there: what indexes them is then left alone as well */
  readonly constant?: readonly (keyof Row & string)[];
  /** default: every column but the key's and the constant ones is replaced */
  readonly onConflict?: Partial<Record<keyof Row & string, OnConflict>>;
}

/**
 * Writes many rows by few statements: "insert, or change the row that has the key". To compile a statement of
 * thousands of parameters takes kysely longer than the database to run it, so each size is compiled once and kept:
 * a writer belongs to one database.
 */
export class RowWriter<Row extends { readonly [Column in keyof Row]: SqlValue }> {
  private readonly compiled = new Map<number | 'a list', string>();

  constructor(private readonly shape: RowShape<Row>) {}

  /** Rows of different keys: one statement must not change a row twice. */
  async write(tx: Writing, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const { columns } = this.shape;
    if (takesLists(tx)) return this.writeList(tx, rows);
    for (const part of inStatements(rows, columns.length)) {
      const parameters: SqlValue[] = [];
      for (const row of part) for (const column of columns) parameters.push(row[column]);
      await tx.executeQuery(CompiledQuery.raw(this.statementOf(tx, part.length), parameters));
      if (part.length >= MANY_ROWS) await nextTurn();
    }
  }

  private async writeList(tx: Writing, rows: readonly Row[]): Promise<void> {
    const { table, columns } = this.shape;
    const statement = this.statement(tx, 'a list', () => rowsFromList(table, columns));
    const ordered = this.inOrder(rows);
    for (let start = 0; start < rows.length; start += MOST_LISTED) {
      const part = ordered.slice(start, start + MOST_LISTED);
      await tx.executeQuery(CompiledQuery.raw(statement, [JSON.stringify(part)]));
    }
  }

  private statementOf(tx: Writing, rows: number): string {
    const row = sql`(${sql.join(this.shape.columns.map(() => sql`${0}`))})`;
    return this.statement(tx, rows, () => sql`values ${sql.join(Array.from({ length: rows }, () => row))}`);
  }

  private statement(tx: Writing, size: number | 'a list', source: () => RawBuilder<unknown>): string {
    const known = this.compiled.get(size);
    if (known !== undefined) return known;
    const { table, columns, key } = this.shape;
    const changes = this.changes();
    const compiled = sql`insert into ${sql.table(table)} (${sql.join(columns.map((c) => sql.ref(c)))})
      ${source()}
      on conflict (${sql.join(key.map((c) => sql.ref(c)))})
      ${changes.length > 0 ? sql`do update set ${sql.join(changes)}` : sql`do nothing`}`.compile(tx).sql;
    this.compiled.set(size, compiled);
    return compiled;
  }

  /** Rows that several processes add to are locked in one order, so that no two wait for each other. */
  private inOrder(rows: readonly Row[]): readonly Row[] {
    const { key, onConflict } = this.shape;
    if (onConflict === undefined) return rows;
    const keyOf = (row: Row): string => key.map((column) => row[column]).join('\0');
    return rows
      .map((row) => ({ row, key: keyOf(row) }))
      .sort(byKey)
      .map(({ row }) => row);
  }

  private changes(): RawBuilder<unknown>[] {
    const { table, columns, key, constant = [], onConflict } = this.shape;
    const fixed = new Set<string>([...key, ...constant]);
    return columns.flatMap((column) => {
      const what = onConflict ? onConflict[column] : fixed.has(column) ? undefined : 'replace';
      if (what === undefined) return [];
      const there = sql.ref(`${table}.${column}`);
      const given = sql.ref(`excluded.${column}`);
      if (what === 'replace') return [sql`${sql.ref(column)} = ${given}`];
      if (what === 'add') return [sql`${sql.ref(column)} = ${there} + ${given}`];
      return [
        sql`${sql.ref(column)} = case when ${there} is null or ${given} > ${there} then ${given} else ${there} end`,
      ];
    });
  }
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1);
