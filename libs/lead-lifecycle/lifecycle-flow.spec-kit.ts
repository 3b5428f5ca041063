import type { LeadEventType } from './lead-events.js';

/**
 * The lifecycle once more, as the domain's table of transitions tells it: from which states an event leads where.
 * Written by hand, so that a change of the machine that nobody meant does not pass.
 */
const RAW = ['captured', 'nurturing'];
const WORKING = ['working.attempting', 'working.contacted', 'working.analysing'];
const OPPORTUNITY = ['opportunity.presenting', 'opportunity.quoting', 'opportunity.closing'];
const OPEN = [...RAW, 'qualified', 'held', 'offered', ...WORKING, ...OPPORTUNITY];
const OPEN_OR_LOST = [...OPEN, 'lost'];
const UNMERGED = [...OPEN_OR_LOST, 'won', 'disqualified'];

interface Step {
  readonly from: readonly string[];
  /** absent: it stays where it is */
  readonly to?: string;
  readonly choice?: string;
}

const stays = (from: readonly string[]): readonly Step[] => [{ from }];
const leads = (from: readonly string[], to: string): readonly Step[] => [{ from, to }];
const stage = (to: string, ...from: readonly string[]): Step => ({ from, to, choice: to.split('.')[1] ?? '' });

export const FLOW: Readonly<Record<LeadEventType, readonly Step[]>> = {
  LeadCreated: leads(['uncreated'], 'captured'),
  InterestRecorded: stays(OPEN_OR_LOST),
  LeadScored: stays(OPEN),
  NurtureStarted: leads(RAW, 'nurturing'),
  LeadQualified: leads(RAW, 'qualified'),
  QualificationWithdrawn: leads(['qualified', 'held'], 'nurturing'),
  LeadHeld: leads(['qualified'], 'held'),
  LeadReleased: leads(['held'], 'qualified'),
  LeadHandedOff: leads(['qualified'], 'offered'),
  HandoffWithdrawn: leads(['offered'], 'qualified'),
  HandoffAccepted: leads(['offered'], 'working.attempting'),
  HandoffRejected: leads(['offered'], 'nurturing'),
  HandoffExpired: [
    { from: ['offered'], to: 'qualified', choice: 'qualified' },
    { from: ['offered'], to: 'nurturing', choice: 'nurturing' },
  ],
  LeadContacted: [
    { from: ['working.attempting'], to: 'working.contacted', choice: 'true' },
    { from: ['working.attempting'], choice: 'false' },
    ...stays(UNMERGED.filter((leaf) => leaf !== 'working.attempting')),
  ],
  LeadAdvanced: [
    stage('working.contacted', 'working.analysing'),
    stage('working.analysing', 'working.contacted'),
    stage('opportunity.presenting', 'opportunity.quoting', 'opportunity.closing'),
    stage('opportunity.quoting', 'opportunity.presenting', 'opportunity.closing'),
    stage('opportunity.closing', 'opportunity.presenting', 'opportunity.quoting'),
  ],
  LeadSalesQualified: leads(['working.contacted', 'working.analysing'], 'opportunity.presenting'),
  LeadRecycled: leads([...WORKING, ...OPPORTUNITY, 'lost'], 'nurturing'),
  LeadLost: leads([...WORKING, ...OPPORTUNITY], 'lost'),
  LeadWon: leads(OPPORTUNITY, 'won'),
  DisqualificationProposed: stays(OPEN_OR_LOST),
  DisqualificationDeclined: stays(OPEN_OR_LOST),
  LeadDisqualified: leads(OPEN_OR_LOST, 'disqualified'),
  LeadReopened: leads(['disqualified'], 'nurturing'),
  WorkerReassigned: stays([...WORKING, ...OPPORTUNITY, 'lost']),
  StewardTransferred: stays(UNMERGED),
  LeadDetailsCorrected: stays(UNMERGED),
  LeadQualityRated: stays(UNMERGED),
  InsightRecorded: stays(UNMERGED),
  MessageRecommended: stays(UNMERGED),
  DuplicateAbsorbed: stays(UNMERGED),
  LeadMerged: leads(['captured', 'nurturing', 'disqualified'], 'merged'),
  LeadUnmerged: leads(['merged'], 'nurturing'),
};

/** Where the table leads, or undefined where it leads nowhere. A step without a choice holds for every choice. */
export function flowFrom(leaf: string, type: LeadEventType, choice?: string): string | undefined {
  const step = FLOW[type].find((one) => one.from.includes(leaf) && (one.choice === undefined || one.choice === choice));
  return step && (step.to ?? leaf);
}
