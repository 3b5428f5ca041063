import { setImmediate as nextTurn } from 'node:timers/promises';
import { described, rowReader, type ExportColumn, type ExportRow, type ReadColumn } from './export-column.js';

export const DATASETS = ['events', 'leads', 'intervals'] as const;
export type DatasetName = (typeof DATASETS)[number];

/** ISO 8601 UTC instants, `from` inclusive, `to` exclusive; absent is without a bound. */
export interface ExportRange {
  readonly from?: string;
  readonly to?: string;
}

export interface ExportQuery extends ExportRange {
  /** also opens what is sealed; whether the caller may is looked at before */
  readonly withPersonalData: boolean;
}

/** Something that can be carried out row by row, however long it is. */
export interface Dataset {
  readonly name: DatasetName;
  /** whether it has any column about a person */
  readonly hasPersonalData: boolean;
  columns(query: Pick<ExportQuery, 'withPersonalData'>): readonly ExportColumn[];
  /** Rows by the page, never an empty one; nothing is read before it is asked for, and not after `return`. */
  pages(query: ExportQuery): AsyncGenerator<readonly ExportRow[], void, undefined>;
  /** The same rows as a Parquet file that another thread makes; undefined where only this one can read them. */
  parquet?(query: ExportQuery): AsyncGenerator<Uint8Array, void, undefined> | undefined;
}

interface DatasetParts<From> {
  readonly name: DatasetName;
  readonly columns: readonly ReadColumn<From>[];
  readonly personalColumns?: readonly ReadColumn<From>[];
  /** empty pages are let through, so that a long search for the first row does not hold the thread */
  readonly records: (query: ExportQuery) => AsyncIterable<readonly From[]>;
}

export function dataset<From>({ name, columns, personalColumns = [], records }: DatasetParts<From>): Dataset {
  const shown = (withPersonalData: boolean): readonly ReadColumn<From>[] =>
    withPersonalData ? [...columns, ...personalColumns] : columns;
  return {
    name,
    hasPersonalData: personalColumns.length > 0,
    columns: ({ withPersonalData }) => shown(withPersonalData).map(described),
    async *pages(query) {
      const rowOf = rowReader(shown(query.withPersonalData));
      for await (const page of records(query)) {
        if (page.length > 0) yield page.map(rowOf);
        // Stores that read in this thread settle at once: without this, other requests would wait for the whole export.
        await nextTurn();
      }
    },
  };
}

export const isWithin = (time: string, { from, to }: ExportRange): boolean =>
  (from === undefined || time >= from) && (to === undefined || time < to);
