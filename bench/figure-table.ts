import Table from 'cli-table3';
import type { BenchFigure, SkippedFigure } from './figure.js';

const COLUMNS = ['figure', 'value', 'must', 'aim', 'verdict', ''];
/** Characters; wide enough for the names, narrow enough for a terminal. */
const WIDTHS = [46, 12, 7, 7, 18, 44];

/** What was measured, as people read it. */
export function figureTable(figures: readonly (BenchFigure | SkippedFigure)[]): string {
  const table = new Table({ head: COLUMNS, colWidths: WIDTHS, wordWrap: true, style: { head: [], border: [] } });
  for (const figure of figures) {
    if ('skipped' in figure) table.push([figure.name, '', '', '', 'skipped', figure.skipped]);
    else table.push(rowOf(figure));
  }
  return table.toString();
}

function rowOf(figure: BenchFigure): string[] {
  const { name, value, unit, must, aim, note = '' } = figure;
  return [name, `${rounded(value)} ${unit}`, bound(must), bound(aim), verdictOf(figure), note];
}

/** In words, whether what must be reached was, and what is aimed for; by how much it was missed where it was not. */
export function verdictOf({ value, must, aim, better }: BenchFigure): string {
  if (must === undefined) return 'measured';
  const missedBy = better === 'higher' ? (must - value) / must : (value - must) / must;
  if (missedBy > 0) return `must missed by ${Math.ceil(missedBy * 100)} %`;
  const aimed = aim === undefined || (better === 'higher' ? value >= aim : value <= aim);
  return aimed ? 'reached' : 'reached, aim not';
}

const bound = (value: number | undefined): string => (value === undefined ? '' : String(value));
const rounded = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toPrecision(3));
