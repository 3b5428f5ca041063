import type { ExportColumn } from './export-column.js';
import type { Dataset, DatasetName, ExportQuery } from './dataset.js';

/** What stands beside a file: what each column is, in which unit, and from where. */
export interface ExportSchema {
  readonly dataset: DatasetName;
  /** of this description; a column that changes its meaning raises it, a new one does not */
  readonly version: 1;
  readonly range: { readonly from: string | null; readonly to: string | null; readonly by: string };
  readonly personalData: boolean;
  readonly types: typeof TYPES;
  readonly columns: readonly ExportColumn[];
}

const TYPES = {
  text: "UTF-8 text; in CSV a text that begins with = + - @ tab or CR has a ' before it",
  json: 'a JSON text',
  integer: 'a whole number of 32 bits',
  flag: 'true or false',
  time: 'UTC with milliseconds: ISO 8601 text in NDJSON and CSV, TIMESTAMP_MILLIS in Parquet',
} as const;

/** By which time the rows are in the range or not. */
const RANGE_BY = {
  events: 'recorded_at: from inclusive, to exclusive',
  leads: 'created_at: from inclusive, to exclusive',
  intervals: 'since and until: those that lie at least partly in it',
} as const satisfies Record<DatasetName, string>;

export function exportSchema(of: Dataset, query: ExportQuery): ExportSchema {
  const { from = null, to = null, withPersonalData } = query;
  return {
    dataset: of.name,
    version: 1,
    range: { from, to, by: RANGE_BY[of.name] },
    personalData: withPersonalData,
    types: TYPES,
    columns: of.columns(query),
  };
}
