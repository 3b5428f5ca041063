import type { Cell, ColumnType, ExportColumn, ExportRow } from './export-column.js';

const LINE_END = '\r\n';
/** What makes a spreadsheet take a cell for a formula (OWASP, CSV injection). */
const STARTS_FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** RFC 4180 with a header line. Nothing is an empty field, an empty text is `""`. */
export const csvHeader = (columns: readonly ExportColumn[]): string =>
  columns.map(({ name }) => quoted(name)).join(',') + LINE_END;

export const csvLine = (columns: readonly ExportColumn[], row: ExportRow): string =>
  columns.map(({ name, type }) => csvCell(row[name] ?? null, type)).join(',') + LINE_END;

/** One field. A text that a spreadsheet would run gets a `'` before it, which is part of the value from then on. */
export function csvCell(cell: Cell, type: ColumnType): string {
  if (cell === null) return '';
  if (typeof cell !== 'string' || type === 'time') return String(cell);
  return quoted(STARTS_FORMULA.test(cell) ? `'${cell}` : cell);
}

const quoted = (text: string): string =>
  text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
