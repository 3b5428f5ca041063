import type { CreateTableBuilder } from 'kysely';
import type { SqlValue, Writing } from './read-database.js';

interface Column<T extends SqlValue> {
  readonly type: 'text' | 'integer';
  readonly nullable: boolean;
  /** only for inference */
  readonly value?: T;
}

const column = <T extends SqlValue>(type: Column<T>['type'], nullable: boolean): Column<T> => ({ type, nullable });
export const text = column<string>('text', false);
export const integer = column<number>('integer', false);
export const textOrNull = column<string | null>('text', true);
export const integerOrNull = column<number | null>('integer', true);

/** A table's columns, said once: the row's type, the statement that makes the table and what writes it come from it. */
export type Columns = Readonly<Record<string, Column<SqlValue>>>;
export type RowOf<C extends Columns> = { -readonly [Name in keyof C]: C[Name] extends Column<infer T> ? T : never };

export function columnNames<C extends Columns>(columns: C): readonly (keyof C & string)[] {
  return Object.keys(columns);
}

export async function createTable(tx: Writing, table: string, columns: Columns, key: readonly string[]): Promise<void> {
  let creating: CreateTableBuilder<string, string> = tx.schema.createTable(table);
  for (const [name, { type, nullable }] of Object.entries(columns)) {
    creating = creating.addColumn(name, type, (definition) => (nullable ? definition : definition.notNull()));
  }
  await creating.addPrimaryKeyConstraint(`${table}_key`, [...key]).execute();
}
