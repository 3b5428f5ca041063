import { isoTime, type Clock } from '../../decider/clock.js';
import { malformed, notFound } from '../../http-kit/problem-exception.js';
import { metricOf, type AnyMetric } from '../../metric-catalogue/metric-catalogue.js';
import { hasDueTime } from '../../metric-catalogue/outcome-metric.js';
import { asksForDays } from '../../metric-catalogue/standing-metric.js';
import { DEFAULT_STANDSTILL_DAYS } from '../../metric-catalogue/standing-metrics.js';
import type { AskedUnits } from '../number-source.js';
import { NUMBER_DIMENSIONS, type NumberDimension, type UnitsQuery } from './numbers.dto.js';

interface Wrong {
  readonly field: string;
  readonly rule: string;
}

/** A question as the catalogue allows it. */
export class AskedNumbers {
  constructor(private readonly clock: Clock) {}

  /** @throws ProblemException 404 for no such metric, 400 that names what it may not be asked by */
  of(
    id: string,
    query: UnitsQuery,
    by: readonly NumberDimension[] = [],
  ): { readonly metric: AnyMetric; readonly units: AskedUnits } {
    const metric = metricOf(id);
    if (metric === undefined) throw notFound('metric');
    const given = NUMBER_DIMENSIONS.filter((dimension) => query[dimension] !== undefined);
    const wrong = [...wrongDimensions(metric, by, given), ...wrongTimes(metric, query)];
    if (wrong.length > 0) throw malformed(...wrong.map((error) => ({ in: 'query' as const, ...error })));
    const { from, to, asOf = isoTime(this.clock()), olderThanDays = DEFAULT_STANDSTILL_DAYS } = query;
    return {
      metric,
      units: {
        only: Object.fromEntries(given.map((dimension) => [dimension, query[dimension]])),
        asOf,
        olderThanDays,
        ...(from === undefined ? {} : { fromMonth: from }),
        ...(to === undefined ? {} : { toMonth: to }),
      },
    };
  }
}

function wrongDimensions({ id, ...metric }: AnyMetric, by: readonly string[], given: readonly string[]): Wrong[] {
  const has: readonly string[] = metric.by;
  const rule = `may be ${has.join(', ')} for ${id}`;
  const not = (dimension: string) => !has.includes(dimension);
  return [
    ...by.filter(not).map((dimension) => ({ field: 'by', rule: `must not name ${dimension}: ${rule}` })),
    ...given.filter(not).map((field) => ({ field, rule: `is no dimension of it: ${rule}` })),
  ];
}

function wrongTimes(metric: AnyMetric, { from, to, asOf, olderThanDays }: UnitsQuery): Wrong[] {
  const { id } = metric;
  const due = metric.view === 'outcomes' && hasDueTime(metric);
  const months = metric.view === 'lead-card' ? { from, to } : {};
  const days = metric.view === 'lead-card' && asksForDays(metric);
  return [
    ...Object.entries(months).flatMap(([field, value]) =>
      value === undefined ? [] : [{ field, rule: `${id} is of now, and booked to no month` }],
    ),
    ...(asOf !== undefined && !due ? [{ field: 'asOf', rule: `${id} has no due time` }] : []),
    ...(olderThanDays !== undefined && !days ? [{ field: 'olderThanDays', rule: `${id} asks for no days` }] : []),
  ];
}
