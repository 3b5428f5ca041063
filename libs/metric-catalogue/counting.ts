import type { LeadEventType } from '../lead-lifecycle/lead-events.js';
import { COUNT_METRICS, RATE_METRICS, type CountMetricId, type RateMetricId } from './metric-catalogue.js';

export type Counts = Readonly<Record<CountMetricId, number>>;
export type Rates = Readonly<Record<RateMetricId, number | null>>;

/** What an event counts to. */
export interface Counted {
  readonly metric: CountMetricId;
  /** only where the lead has none of it yet */
  readonly firstOnly: boolean;
}

/**
 * The metrics that an event of a lead counts to.
 *
 * @param imported whether the event is of imported history
 */
export function countedBy(type: LeadEventType, imported: boolean): readonly Counted[] {
  return (imported ? ofImported : ofLive).get(type) ?? NOTHING;
}

const NOTHING: readonly Counted[] = [];
const ofLive = countsByEvent(COUNT_METRICS);
const ofImported = countsByEvent(COUNT_METRICS.filter((metric) => metric.imported === 'counted'));

function countsByEvent(metrics: readonly (typeof COUNT_METRICS)[number][]): ReadonlyMap<string, readonly Counted[]> {
  const counts = new Map<string, Counted[]>();
  for (const { id, event, counts: which } of metrics)
    counts.set(event, [...(counts.get(event) ?? []), { metric: id, firstOnly: which === 'first-of-lead' }]);
  return counts;
}

/** The rates over given counts: between 0 and 1, null where there is nothing to divide by. */
export function ratesOf(counts: Counts): Rates {
  const rates = RATE_METRICS.map(({ id, of, over }) => [id, counts[over] === 0 ? null : counts[of] / counts[over]]);
  return Object.fromEntries(rates) as Rates;
}

export function noCounts(): Record<CountMetricId, number> {
  return Object.fromEntries(COUNT_METRICS.map(({ id }) => [id, 0])) as Record<CountMetricId, number>;
}

/** Whether a stored name is one of a count: rows of a metric that the catalogue no longer has are not shown. */
export const isCountMetric = (id: string): id is CountMetricId => COUNT_METRICS.some((metric) => metric.id === id);

/** The month (UTC, `2026-03`) of a time in ISO 8601 UTC. */
export const monthOf = (time: string): string => time.slice(0, 7);
