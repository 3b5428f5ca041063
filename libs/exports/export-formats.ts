import type { Dataset, ExportQuery } from './dataset.js';
import { csvHeader, csvLine } from './csv-text.js';
import type { ExportColumn, ExportRow } from './export-column.js';
import { ndjsonLine } from './ndjson-text.js';

export const FILE_FORMATS = ['parquet', 'ndjson', 'csv'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];
type TextFormatName = Exclude<FileFormat, 'parquet'>;

export const MEDIA_TYPES: Readonly<Record<FileFormat, string>> = {
  parquet: 'application/vnd.apache.parquet',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
};

interface TextFormat {
  readonly header: (columns: readonly ExportColumn[]) => string;
  readonly line: (columns: readonly ExportColumn[], row: ExportRow) => string;
}

const TEXT_FORMATS: Readonly<Record<TextFormatName, TextFormat>> = {
  ndjson: {
    header: () => '',
    line: (_columns, row) => ndjsonLine(row),
  },
  csv: {
    header: csvHeader,
    line: csvLine,
  },
};

/** What a file of the data set holds, in the order of its bytes; nothing is read before it is asked for. */
export function contentOf(
  dataset: Dataset,
  format: FileFormat,
  query: ExportQuery,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  return format === 'parquet'
    ? parquetOf(dataset, query)
    : textOf(format, dataset.columns(query), dataset.pages(query));
}

/** The text of pages of rows, page by page; the header comes with the first, also where there is no row at all. */
async function* textOf(
  format: TextFormatName,
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<string, void, undefined> {
  const { header, line } = TEXT_FORMATS[format];
  let begin = header(columns);
  for await (const rows of pages) {
    yield begin + rows.map((row) => line(columns, row)).join('');
    begin = '';
  }
  if (begin !== '') yield begin;
}

async function* parquetOf(dataset: Dataset, query: ExportQuery): AsyncGenerator<Uint8Array, void, undefined> {
  const made = dataset.parquet?.(query);
  if (made !== undefined) return yield* made;
  // Only here: what writes Parquet need not be read before somebody wants it.
  const { parquetBytes } = await import('./parquet-bytes.js');
  yield* parquetBytes(dataset.columns(query), dataset.pages(query));
}
