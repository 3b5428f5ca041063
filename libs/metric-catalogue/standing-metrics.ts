import type { LeadEventType } from '../lead-lifecycle/lead-events.js';
import { STANDING_DIMENSIONS, type StandingDimension, type StandingMetric } from './standing-metric.js';

/** What `standstill` means by long, where nobody says otherwise. */
export const DEFAULT_STANDSTILL_DAYS = 14;
export const MOST_STANDSTILL_DAYS = 3_650;

const OF_ALL: readonly StandingDimension[] = STANDING_DIMENSIONS.filter((one) => one !== 'age');
const OF_NURTURED: readonly StandingDimension[] = ['source', 'topic', 'campaign', 'steward', 'stewardPerson'];
const OF_WORKED: readonly StandingDimension[] = OF_ALL.filter((one) => one !== 'stewardPerson');

const define = <const Id extends string>(
  id: Id,
  kind: StandingMetric['kind'],
  given: Pick<StandingMetric, 'meaning' | 'events' | 'clockStart'> & Partial<StandingMetric>,
): StandingMetric & { readonly id: Id } => ({
  view: 'lead-card',
  unit: 'lead',
  imported: 'counted',
  agreementVersion: null,
  among: [],
  of: [],
  by: OF_ALL,
  alwaysBy: [],
  bookedTo: 'queue',
  ...given,
  id,
  kind,
});

/** Those that bring a lead from one state to another. */
export const STATE_EVENTS: readonly LeadEventType[] = [
  'LeadCreated',
  'NurtureStarted',
  'LeadQualified',
  'QualificationWithdrawn',
  'LeadHeld',
  'LeadReleased',
  'LeadHandedOff',
  'HandoffWithdrawn',
  'HandoffAccepted',
  'HandoffRejected',
  'HandoffExpired',
  'LeadContacted',
  'LeadAdvanced',
  'LeadSalesQualified',
  'LeadRecycled',
  'LeadLost',
  'LeadWon',
  'LeadDisqualified',
  'LeadReopened',
  'LeadMerged',
  'LeadUnmerged',
];
export const LEADS_IN_STATE = define('leads-in-state', 'count', {
  meaning: 'Leads that stand in a state now. On a board: of these, the ones within the sight of whoever asks.',
  events: STATE_EVENTS,
  clockStart: 'state-entered',
});
export const STAGE_AGES = define('stage-ages', 'count', {
  meaning:
    'Leads by how many days they have stood in their present state, sub-states apart: neither won, disqualified nor ' +
    'merged. A band such as 3-7 begins at three whole days and ends before seven.',
  events: STATE_EVENTS,
  clockStart: 'state-entered',
  among: ['unsettled'],
  by: STANDING_DIMENSIONS,
  alwaysBy: ['age'],
});
export const STANDSTILL = define('standstill', 'share', {
  meaning:
    'Leads that stand in one and the same state, sub-states apart, for longer than the days asked for (14 unless told ' +
    'otherwise), over all of which something can still come: neither won, disqualified nor merged.',
  events: STATE_EVENTS,
  clockStart: 'state-entered',
  among: ['unsettled'],
  of: ['standing-still'],
});
export const HYGIENE = define('hygiene', 'share', {
  meaning:
    'Leads that their worker received or updated, by whatever event, within the days that the agreement in force asks ' +
    'for, over all that sales works (working and opportunity); booked to the worker. Counted by when it was recorded.',
  events: STATE_EVENTS,
  clockStart: 'worker-updated',
  agreementVersion: 'in-force',
  among: ['worked'],
  of: ['updated-in-time'],
  by: OF_WORKED,
  bookedTo: 'worker',
});
export const SILENT_LEADS = define('silent-leads', 'share', {
  meaning:
    'Nurtured leads without a touch for longer than their track allows, without a track than the agreement in force ' +
    'allows, over all nurtured leads.',
  events: ['NurtureStarted', 'LeadContacted', ...STATE_EVENTS.filter((type) => /Recycled|Rejected|Expired/.test(type))],
  clockStart: 'last-touched',
  agreementVersion: 'in-force',
  among: ['nurtured'],
  of: ['silent'],
  by: OF_NURTURED,
});
export const LATE_OFFERS = define('late-offers', 'share', {
  meaning:
    'Offers that wait for an answer now and whose agreed time is over, over all that wait; booked to the offeree. The ' +
    'agreement is the one in force when the offer was made.',
  events: ['LeadHandedOff', 'HandoffAccepted', 'HandoffRejected', 'HandoffExpired', 'HandoffWithdrawn'],
  clockStart: 'handed-off',
  among: ['offered'],
  of: ['late'],
  by: OF_WORKED,
});
export const RATINGS_OWED = define('ratings-owed', 'count', {
  meaning:
    'Cycles that sales worked and closed without a rating, so far, and that can still be rated: not of leads merged ' +
    'since; booked to the last to work it.',
  unit: 'worked-cycle',
  events: ['LeadWon', 'LeadLost', 'LeadRecycled', 'LeadDisqualified', 'LeadQualityRated', 'LeadMerged', 'LeadUnmerged'],
  clockStart: 'left-sales',
  imported: 'excluded',
  by: ['source', 'topic', 'campaign', 'steward', 'team', 'person'],
  bookedTo: 'worker',
});

/** Numbers over leads as they stand, each defined here once: what boards show and what is asked for alone. */
export const STANDING_METRICS = [
  LEADS_IN_STATE,
  STAGE_AGES,
  STANDSTILL,
  HYGIENE,
  SILENT_LEADS,
  LATE_OFFERS,
  RATINGS_OWED,
] as const satisfies readonly StandingMetric[];
