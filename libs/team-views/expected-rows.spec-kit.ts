import type { OutcomeDimension, OutcomeMetric } from '../metric-catalogue/outcome-metric.js';
import type { DirectUnit } from './direct-count.spec-kit.js';
import type { NumberRow } from './outcome-numbers.js';

/** The same answer from units counted directly. */
export function expectedRows(
  metric: OutcomeMetric,
  units: readonly DirectUnit[],
  by: readonly OutcomeDimension[],
): NumberRow[] {
  const all = [...new Set([...by, ...metric.alwaysBy])];
  const keyOf = ({ of }: DirectUnit) => JSON.stringify(all.map((dimension) => of[dimension]));
  const keys = new Set(all.length === 0 ? ['[]'] : units.map(keyOf).sort());
  return [...keys].map((key) => {
    const values = JSON.parse(key) as string[];
    const mine = units.filter((unit) => keyOf(unit) === key);
    const shared = mine.filter(({ apart }) => apart !== true);
    const numerator = shared.reduce((sum, { counted }) => sum + counted, 0);
    const isRatio = metric.kind === 'share' || metric.kind === 'average';
    return {
      of: Object.fromEntries(all.map((dimension, index) => [dimension, values[index] || null])),
      numerator,
      denominator: metric.kind === 'count' ? null : shared.length,
      value: isRatio ? (shared.length === 0 ? null : numerator / shared.length) : numerator,
      ...(metric.apart.length > 0 && { apart: mine.length - shared.length }),
    };
  });
}
