import type { BuildComparison } from '../../libs/projection-runner/build-operations.js';
import type { ViewStatus } from '../../libs/projection-runner/view.js';
import { tableOf } from './table.js';
import { terminalColumns } from './terminal-columns.js';

/** As the server answers it: what is undefined there is absent here. */
export type BuildAnswer = ViewStatus;

export function buildsText(builds: readonly BuildAnswer[]): string {
  const rows = builds.map(({ build, status, serving, done, total, behindMs, parkedStreams, oldestParkedMs, fault }) => [
    build,
    serving ? `${status}, serves` : status,
    `${done}/${total}`,
    ageText(behindMs),
    parkedStreams === 0 ? '–' : `${parkedStreams}, oldest ${ageText(oldestParkedMs)}`,
    fault ?? '–',
  ]);
  return tableOf(['Build', 'State', 'Events', 'Behind', 'Parked', 'Fault'], rows, terminalColumns());
}

export function comparisonText({ serving, other, tables }: BuildComparison): string {
  const rows = tables.map(({ table, rows: count, otherRows, onlyHere, onlyThere, columns }) => [
    table,
    String(count),
    String(otherRows),
    String(onlyHere),
    String(onlyThere),
    columns.join(', ') || '–',
  ]);
  const head = ['Table', `Rows of ${serving}`, `Rows of ${other}`, 'Only first', 'Only second', 'Columns of one only'];
  return tableOf(head, rows, terminalColumns());
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** An age in its largest whole unit; `–` for none. */
export function ageText(ms: number): string {
  if (ms === 0) return '–';
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ['ms', 1];
  return `${Math.floor(ms / size)} ${unit}`;
}
