import type { ExportRow } from './export-column.js';

/** One JSON object per line, its keys in the order of the columns. */
export const ndjsonLine = (row: ExportRow): string => `${JSON.stringify(row)}\n`;
