import type { Verdict } from './verdict.js';

export type ReportFormat = 'csv' | 'ndjson';

/** By the name's ending; NDJSON unless it is `.csv`. */
export const reportFormatOf = (file: string): ReportFormat => (file.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson');

export const reportHeader = (format: ReportFormat): string =>
  format === 'csv' ? 'row,external_id,verdict,lead,why,odd\n' : '';

/** One verdict as a line with its line end. */
export function reportLine(verdict: Verdict, format: ReportFormat): string {
  const { row, externalId, outcome, lead, why, odd } = verdict;
  if (format === 'csv') return `${[row, externalId, outcome, lead, why, odd.join('; ')].map(csvCell).join(',')}\n`;
  const line = { row, externalId, verdict: outcome, lead, why, ...(odd.length > 0 ? { odd } : {}) };
  return `${JSON.stringify(line)}\n`;
}

/** A cell that begins like a formula is one for a spreadsheet, whatever file it stands in. */
function csvCell(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
