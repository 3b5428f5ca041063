import { FUNNEL_DIMENSIONS, type CountMetric, type Metric, type RateMetric } from './metric.js';
import type { OutcomeMetric } from './outcome-metric.js';
import { OUTCOME_METRICS } from './outcome-metrics.js';
import type { StandingMetric } from './standing-metric.js';
import { STANDING_METRICS } from './standing-metrics.js';

const funnel = {
  view: 'funnel',
  by: FUNNEL_DIMENSIONS,
  clockStart: 'lead-created',
  imported: 'counted',
  agreementVersion: null,
} as const;
const count = <const Id extends string>(
  id: Id,
  given: Pick<CountMetric, 'meaning' | 'unit' | 'event' | 'counts'>,
): CountMetric & { readonly id: Id } => ({ id, kind: 'count', ...funnel, ...given });
/** Every number that a team is shown, defined once: views count by these definitions and by nothing else. */
export const COUNT_METRICS = [
  count('leads-created', {
    meaning: 'Leads that came in, under the source they first came from. One that is later merged stays counted.',
    unit: 'lead',
    event: 'LeadCreated',
    counts: 'each',
  }),
  count('leads-handed-off', {
    meaning: 'Leads that marketing offered to sales at least once.',
    unit: 'lead',
    event: 'LeadHandedOff',
    counts: 'first-of-lead',
  }),
  count('leads-accepted', {
    meaning: 'Leads that sales accepted to work at least once (SAL).',
    unit: 'lead',
    event: 'HandoffAccepted',
    counts: 'first-of-lead',
  }),
  count('leads-won', {
    meaning: 'Leads that became customers, whatever the value.',
    unit: 'lead',
    event: 'LeadWon',
    counts: 'each',
  }),
  count('hand-offs', {
    meaning: 'Offers of a lead to sales; one lead may be offered several times.',
    unit: 'offer',
    event: 'LeadHandedOff',
    counts: 'each',
  }),
  count('acceptances', {
    meaning: 'Offers that sales accepted to work, late ones included.',
    unit: 'offer',
    event: 'HandoffAccepted',
    counts: 'each',
  }),
  count('losses', {
    meaning: 'Cycles in which sales worked a lead and closed it without a win.',
    unit: 'cycle',
    event: 'LeadLost',
    counts: 'each',
  }),
  count('recycles', {
    meaning: 'Cycles after which sales gave a lead back to nurture, with a reason and a date to resume.',
    unit: 'cycle',
    event: 'LeadRecycled',
    counts: 'each',
  }),
] as const;

export type CountMetricId = (typeof COUNT_METRICS)[number]['id'];

interface Ratio {
  readonly meaning: string;
  readonly of: CountMetricId;
  readonly over: CountMetricId;
}
const rate = <const Id extends string>(id: Id, given: Ratio): RateMetric & Ratio & { readonly id: Id } => ({
  id,
  kind: 'rate',
  unit: 'ratio',
  ...funnel,
  ...given,
});

export const RATE_METRICS = [
  rate('conversion', {
    meaning:
      'Leads won over leads created, of the leads created in the period. Grows until the last of them is closed.',
    of: 'leads-won',
    over: 'leads-created',
  }),
  rate('acceptance-rate', {
    meaning: 'Offers accepted over offers made, of the leads created in the period.',
    of: 'acceptances',
    over: 'hand-offs',
  }),
] as const;

export type RateMetricId = (typeof RATE_METRICS)[number]['id'];

export type AnyMetric = Metric | OutcomeMetric | StandingMetric;

/**
 * The numbers of the funnel, by when leads were created; those of what became of leads, by when that happened; and those
 * of what stands now.
 */
export const METRIC_CATALOGUE: readonly AnyMetric[] = [
  ...COUNT_METRICS,
  ...RATE_METRICS,
  ...OUTCOME_METRICS,
  ...STANDING_METRICS,
];

/** A metric by its id; undefined where there is none. */
export const metricOf = (id: string): AnyMetric | undefined => METRIC_CATALOGUE.find((metric) => metric.id === id);
