import type { LeadEventType } from '../lead-lifecycle/lead-events.js';

/** What the numbers of the funnel may be asked by; the month is that of the creation. */
export const FUNNEL_DIMENSIONS = ['source', 'month', 'topic', 'campaign'] as const;
export type FunnelDimension = (typeof FUNNEL_DIMENSIONS)[number];

/** What one count of a metric is of. A lead may be offered, accepted and lost again in later cycles. */
export type MetricUnit = 'lead' | 'offer' | 'cycle';

interface Described {
  readonly id: string;
  readonly view: 'funnel';
  readonly by: readonly FunnelDimension[];
  /** in words that both teams signed up to; shown wherever the number is */
  readonly meaning: string;
  /**
   * When a count is booked: all numbers of the funnel belong to the month (UTC) in which the lead was created, so that
   * what became of one month's leads is read in one row.
   */
  readonly clockStart: 'lead-created';
  /** whether history that was imported counts: in numbers of the funnel, never in what measures an agreed time */
  readonly imported: 'counted' | 'excluded';
  /** version of the agreement that the meaning depends on; null: it depends on none */
  readonly agreementVersion: number | null;
}

/** A number of events. */
export interface CountMetric extends Described {
  readonly kind: 'count';
  readonly unit: MetricUnit;
  readonly event: LeadEventType;
  /** of several such events of one lead, whether each counts or the first only */
  readonly counts: 'each' | 'first-of-lead';
}

/** One count over another; no number where the lower one is 0. */
export interface RateMetric extends Described {
  readonly kind: 'rate';
  readonly unit: 'ratio';
  readonly of: string;
  readonly over: string;
}

export type Metric = CountMetric | RateMetric;
