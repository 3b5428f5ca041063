import type { LeadEventType } from '../lead-lifecycle/lead-events.js';

/** What a number may be asked by: rows apart by it, or only those of one value. */
export const OUTCOME_DIMENSIONS = [
  'month',
  'source',
  'topic',
  'campaign',
  'segment',
  'team',
  'person',
  'steward',
  'reason',
  'faultDomain',
  'policyVersion',
  'agreementVersion',
  'tag',
  'asset',
  'currency',
] as const;
export type OutcomeDimension = (typeof OUTCOME_DIMENSIONS)[number];

/**
 * What one unit of a number is, each with the lead it is of: `offer` to sales; `pass`, the first offer of a cycle, with
 * what became of that cycle; `exit`, the end of sales' work in a cycle; `rating` of a cycle; `insight`, once per tag;
 * `assist`, a touch of marketing's on a lead that sales has; `asset-use`, a touch with an asset; `asset-exit`, an exit
 * once per asset used in its cycle.
 */
export type OutcomeUnit = 'offer' | 'pass' | 'exit' | 'rating' | 'insight' | 'assist' | 'asset-use' | 'asset-exit';

/** What is true of a unit or not: what a number counts is said in these, and each view says what they are in rows. */
export type OutcomeTrait =
  | 'accepted'
  | 'rejected'
  | 'won'
  | 'lost'
  /** won or lost */
  | 'decided'
  | 'unrated'
  /** not of imported history */
  | 'live'
  /** qualified by a signed policy, not by an override */
  | 'by-policy'
  /** won at a known value */
  | 'valued'
  /** the time until the first touch was over at the moment asked for */
  | 'due'
  /** not withdrawn or disqualified before that, untouched */
  | 'owed'
  | 'touched-in-time'
  | 'rejected-in-time'
  | 'not-rejected-in-time';

/** A number over units of one kind, booked to the month (UTC) in which its clock starts. */
export interface OutcomeMetric {
  readonly id: string;
  readonly view: 'outcomes';
  /**
   * `count` of the units; `share` of the units that have more; `average` and `sum` of what a unit is worth: a rating, or
   * an amount in its currency
   */
  readonly kind: 'count' | 'share' | 'average' | 'sum';
  /** in words that both teams signed up to; shown wherever the number is */
  readonly meaning: string;
  readonly unit: OutcomeUnit;
  /** the events that a unit comes from or is changed by */
  readonly events: readonly LeadEventType[];
  readonly clockStart: 'handed-off' | 'left-sales' | 'rated' | 'noted' | 'touched';
  readonly imported: 'counted' | 'excluded';
  /** whether each unit counts by the version of the agreement that its event names; null: the meaning depends on none */
  readonly agreementVersion: 'named-by-event' | null;
  /** only units with all of these */
  readonly among: readonly OutcomeTrait[];
  /** of a share: those that also have these */
  readonly of: readonly OutcomeTrait[];
  /** units that are in neither part of the share, and shown beside it */
  readonly apart: readonly OutcomeTrait[];
  readonly by: readonly OutcomeDimension[];
  /** rows always apart by these: what must not be added up */
  readonly alwaysBy: readonly OutcomeDimension[];
}

/** Whether a number depends on the moment it is asked for. */
export const hasDueTime = ({ among }: OutcomeMetric): boolean => among.includes('due');
