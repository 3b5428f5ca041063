import type { LeadEventType } from '../lead-lifecycle/lead-events.js';

/** What a number over leads as they stand may be asked by. */
export const STANDING_DIMENSIONS = [
  'state',
  'phase',
  'source',
  'topic',
  'campaign',
  'steward',
  'stewardPerson',
  'team',
  'person',
  'age',
] as const;
export type StandingDimension = (typeof STANDING_DIMENSIONS)[number];

/** Days that the values of `age` lie between: from the first (included) to the second; the last has no end. */
export const AGE_BANDS = [
  { band: '0-1', from: 0 },
  { band: '1-3', from: 1 },
  { band: '3-7', from: 3 },
  { band: '7-14', from: 7 },
  { band: '14-30', from: 14 },
  { band: '30-90', from: 30 },
  { band: '90+', from: 90 },
] as const;

/** What is true of a lead now, or of a cycle that sales worked. The boards list leads by these same conditions. */
export type StandingTrait =
  /** neither won, disqualified nor merged: something can still come of it */
  | 'unsettled'
  /** in the same state for longer than the days asked for */
  | 'standing-still'
  /** in working or opportunity */
  | 'worked'
  /** its worker received or updated it within the agreed days */
  | 'updated-in-time'
  | 'nurtured'
  /** without a touch for longer than its track allows, without a track than the agreement allows */
  | 'silent'
  | 'offered'
  /** the agreed time to answer is over */
  | 'late';

/** A number over what stands now: of the moment it is asked at, and of no month. */
export interface StandingMetric {
  readonly id: string;
  readonly view: 'lead-card';
  /** `count` of the units; `share` of the units that have more */
  readonly kind: 'count' | 'share';
  /** in words that both teams signed up to; shown wherever the number is */
  readonly meaning: string;
  readonly unit: 'lead' | 'worked-cycle';
  /** the events by which a unit comes in, goes out or changes sides */
  readonly events: readonly LeadEventType[];
  /** from when on the time runs that the number looks at; null where it looks at none */
  readonly clockStart: 'state-entered' | 'worker-updated' | 'last-touched' | 'handed-off' | 'left-sales' | null;
  readonly imported: 'counted' | 'excluded';
  /** whether it depends on the agreement in force at the moment; null: on none */
  readonly agreementVersion: 'in-force' | null;
  /** only units with all of these */
  readonly among: readonly StandingTrait[];
  /** of a share: those that also have these */
  readonly of: readonly StandingTrait[];
  readonly by: readonly StandingDimension[];
  /** rows always apart by these */
  readonly alwaysBy: readonly StandingDimension[];
  /** whom it is booked to by `team` and `person`: whose queue a lead is in, or who works it, or who worked the cycle */
  readonly bookedTo: 'queue' | 'worker';
}

/** Whether a number depends on the days that are asked for. */
export const asksForDays = ({ of }: Pick<StandingMetric, 'of'>): boolean => of.includes('standing-still');
