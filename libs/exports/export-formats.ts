import { csvHeader, csvLine } from './csv-text.js';
import type { ExportColumn, ExportRow } from './export-column.js';
import { ndjsonLine } from './ndjson-text.js';

/** What goes over HTTP. Parquet needs its whole footer at the end and is made where the file is: see `parquet-file.ts`. */
export const STREAMED_FORMATS = ['ndjson', 'csv'] as const;
export type StreamedFormat = (typeof STREAMED_FORMATS)[number];

interface TextFormat {
  readonly mediaType: string;
  readonly header: (columns: readonly ExportColumn[]) => string;
  readonly line: (columns: readonly ExportColumn[], row: ExportRow) => string;
}

export const TEXT_FORMATS: Readonly<Record<StreamedFormat, TextFormat>> = {
  ndjson: {
    mediaType: 'application/x-ndjson',
    header: () => '',
    line: (_columns, row) => ndjsonLine(row),
  },
  csv: {
    mediaType: 'text/csv; charset=utf-8; header=present',
    header: csvHeader,
    line: csvLine,
  },
};

/** The text of pages of rows, page by page; the header comes with the first, also where there is no row at all. */
export async function* textOf(
  format: StreamedFormat,
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
