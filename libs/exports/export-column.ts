/** What a cell may hold. `time` is ISO 8601 UTC text with milliseconds, `json` a JSON text, null is "not so" or "not known". */
export type Cell = string | number | boolean | null;
export type ExportRow = Readonly<Record<string, Cell>>;
export const COLUMN_TYPES = ['text', 'json', 'integer', 'flag', 'time'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A column as the schema beside the file describes it. */
export interface ExportColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly meaning: string;
  /** for numbers: what is counted or measured */
  readonly unit?: string;
  /** the field of the event, card or interval that it is read from */
  readonly source: string;
  /** says something about the person behind the lead; in no file unless it was asked for by somebody who may */
  readonly personal?: true;
}

/** A column together with how it is read, so that description and value cannot part. */
export interface ReadColumn<From> extends ExportColumn {
  readonly read: (from: From) => Cell;
}

/** Makes the row function of some columns. Keys stand in the order of the columns. */
export function rowReader<From>(columns: readonly ReadColumn<From>[]): (from: From) => ExportRow {
  return (from) => {
    const row: Record<string, Cell> = {};
    for (const { name, read } of columns) row[name] = read(from);
    return row;
  };
}

/** The description alone, as it is served. */
export const described = <From>({ read: _read, ...column }: ReadColumn<From>): ExportColumn => column;
