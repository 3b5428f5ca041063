import { setImmediate as nextTurn } from 'node:timers/promises';
import { CompiledQuery, sql, type RawBuilder } from 'kysely';
import { takesLists } from './row-lists.js';
import { inStatements, MANY_ROWS } from './statement-sizes.js';
import type { SqlValue, Writing } from './read-database.js';

export interface KeyedRows<Row> {
  readonly table: string;
  readonly columns: readonly (keyof Row & string)[];
  /** the column whose values are looked up */
  readonly key: keyof Row & string;
  /** columns that must have one value, given with each read */
  readonly fixed?: readonly (keyof Row & string)[];
}

/** Reads many rows by their keys; compiled once for each size, as `RowWriter` does. Belongs to one database. */
export class RowReader<Row> {
  private readonly compiled = new Map<number | 'a list', string>();

  constructor(private readonly rows: KeyedRows<Row>) {}

  /** The rows that there are, in no order. `fixed` has the values of the fixed columns. */
  async read(tx: Writing, keys: readonly string[], fixed: readonly SqlValue[] = []): Promise<Row[]> {
    if (keys.length === 0) return [];
    if (takesLists(tx)) return this.readList(tx, keys, fixed);
    const found: Row[] = [];
    for (const part of inStatements(keys, 1)) {
      const query = CompiledQuery.raw(this.statementOf(tx, part.length), [...fixed, ...part]);
      found.push(...((await tx.executeQuery(query)).rows as Row[]));
      if (part.length >= MANY_ROWS) await nextTurn();
    }
    return found;
  }

  private async readList(tx: Writing, keys: readonly string[], fixed: readonly SqlValue[]): Promise<Row[]> {
    const statement = this.statement(tx, 'a list', () => sql`= any(${''})`);
    return (await tx.executeQuery(CompiledQuery.raw(statement, [...fixed, keys]))).rows as Row[];
  }

  private statementOf(tx: Writing, keys: number): string {
    return this.statement(tx, keys, () => sql`in (${sql.join(Array.from({ length: keys }, () => sql`${''}`))})`);
  }

  private statement(tx: Writing, size: number | 'a list', among: () => RawBuilder<unknown>): string {
    const known = this.compiled.get(size);
    if (known !== undefined) return known;
    const { table, columns, key, fixed = [] } = this.rows;
    const conditions = fixed.map((column) => sql`${sql.ref(column)} = ${0} and `);
    const compiled = sql`select ${sql.join(columns.map((c) => sql.ref(c)))} from ${sql.table(table)}
      where ${sql.join(conditions, sql``)}${sql.ref(key)} ${among()}`.compile(tx).sql;
    this.compiled.set(size, compiled);
    return compiled;
  }
}
