import { isoTime, type Clock } from '../../decider/clock.js';
import { malformed, notFound } from '../../http-kit/problem-exception.js';
import {
  hasDueTime,
  OUTCOME_DIMENSIONS,
  type OutcomeDimension,
  type OutcomeMetric,
} from '../../metric-catalogue/outcome-metric.js';
import { outcomeMetric } from '../../metric-catalogue/outcome-metrics.js';
import type { OutcomeFilter } from '../outcome-numbers.js';
import type { UnitsQuery } from './numbers.dto.js';

/** A question as the catalogue allows it. */
export class AskedNumbers {
  constructor(private readonly clock: Clock) {}

  /** @throws ProblemException 404 for no such metric, 400 that names what it may not be asked by */
  of(
    id: string,
    query: UnitsQuery,
    by: readonly OutcomeDimension[] = [],
  ): { readonly metric: OutcomeMetric; readonly filter: OutcomeFilter } {
    const metric = outcomeMetric(id);
    if (metric === undefined) throw notFound('metric');
    const given = OUTCOME_DIMENSIONS.filter((dimension) => query[dimension] !== undefined);
    const not = (dimension: OutcomeDimension) => !metric.by.includes(dimension);
    const rule = `may be ${metric.by.join(', ')} for ${id}`;
    const wrong = [
      ...by.filter(not).map((dimension) => ({ field: 'by', rule: `must not name ${dimension}: ${rule}` })),
      ...given.filter(not).map((field) => ({ field, rule: `is no dimension of it: ${rule}` })),
    ].map((error) => ({ in: 'query' as const, ...error }));
    if (query.asOf !== undefined && !hasDueTime(metric)) {
      wrong.push({ in: 'query', field: 'asOf', rule: `${id} has no due time` });
    }
    if (wrong.length > 0) throw malformed(...wrong);
    const { from, to, asOf = isoTime(this.clock()) } = query;
    const only = Object.fromEntries(given.map((dimension) => [dimension, query[dimension]]));
    return {
      metric,
      filter: {
        only,
        asOf,
        ...(from === undefined ? {} : { fromMonth: from }),
        ...(to === undefined ? {} : { toMonth: to }),
      },
    };
  }
}
