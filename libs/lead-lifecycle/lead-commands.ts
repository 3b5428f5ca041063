import type { Attribute } from '../agreements/policy.js';
import type { CHANNELS, LeadEventPersonal, LeadEventType, Owner, Person, Profile, Stage } from './lead-events.js';

type Channel = (typeof CHANNELS)[number];
type Note = { readonly note?: string };
type Reasoned = Note & { readonly reason: string };
interface From {
  readonly source: string;
  readonly topic: string;
  readonly campaign?: string;
  readonly asset?: string;
}
export type ContactDetails = LeadEventPersonal<'LeadCreated'>;
interface Rating {
  /** the quality of the lead, on the agreement's scale */
  readonly rating?: number;
}

/** What each command asks for, beside the lead it is sent to. Reasons are codes of the agreement's lists. */
interface CommandBodies {
  create: From & {
    readonly contact: string;
    readonly steward: Owner;
    readonly behaviours: readonly string[];
    readonly profile: Profile;
    readonly intake: 'api' | 'import' | 'form';
    readonly externalRef?: { readonly system: string; readonly id: string };
    readonly details: ContactDetails;
  };
  'record-interest': From & Note & { readonly behaviours: readonly string[] };
  /** by the rule without a body; by hand with a reason and points */
  score: Note & { readonly override?: { readonly reason: string; readonly points: readonly ManualPoints[] } };
  'start-nurture': {
    readonly track: string;
    readonly channel: Channel;
    readonly cadenceDays: number;
    readonly maximumSilenceDays?: number;
    readonly resumeAt: string;
  };
  qualify: Reasoned;
  'withdraw-qualification': Reasoned & { readonly resumeAt?: string };
  hold: Reasoned & { readonly team: string };
  release: Note & { readonly reason?: string };
  /** what lead-routing sends: the rule holds the lead or hands it off, choosing from facts */
  route: object;
  'hand-off': Reasoned & { readonly offeree: Owner; readonly offerId: string };
  'withdraw-handoff': Reasoned;
  /** `worker`: for imported history, which is written by somebody else */
  accept: { readonly offerId?: string; readonly worker?: Person };
  reject: Reasoned & { readonly offerId?: string; readonly resumeAt?: string };
  expire: { readonly offerId: string };
  contact: Note & {
    readonly channel: Channel;
    readonly direction: 'outbound' | 'inbound';
    /** both sides spoke or wrote */
    readonly twoWay: boolean;
    /** a person did it; automatic mail is no human touch */
    readonly human: boolean;
    /** who did it, where that is not the caller */
    readonly by?: Owner;
    readonly asset?: string;
    readonly buyingStage?: string;
    readonly pitched?: string;
    readonly reservation?: string;
  };
  advance: Note & { readonly stage: Stage };
  'sales-qualify': Note & { readonly needConfirmed: boolean; readonly potentialConfirmed: boolean };
  recycle: Reasoned & Rating & { readonly resumeAt: string };
  lose: Reasoned & Rating & { readonly competitor?: string; readonly asset?: string };
  /** null: the value is not known */
  win: Note & Rating & { readonly value: { readonly amount: number; readonly currency: string } | null };
  'propose-disqualification': Reasoned;
  'decline-disqualification': Reasoned;
  /** without a reason: countersigns the proposal */
  disqualify: Note & { readonly reason?: string };
  reopen: Reasoned;
  reassign: Reasoned & { readonly worker: Person };
  'transfer-stewardship': Reasoned & { readonly steward: Owner };
  'correct-details': { readonly profile?: Profile; readonly details: ContactDetails };
  rate: Note & { readonly rating: number; readonly cycle?: number };
  'record-insight': Note & {
    readonly insight: 'problem' | 'wish' | 'goal' | 'objection' | 'other';
    readonly tags: readonly string[];
  };
  'recommend-message': Note & { readonly message: string; readonly product?: string };
  merge: { readonly into: string };
  unmerge: Reasoned;
  /** `duplicate`: the id of the lead that was merged into this one */
  'absorb-duplicate': { readonly duplicate: string };
}

export interface ManualPoints {
  readonly criterion: string;
  readonly attribute: Attribute;
  readonly input: string | null;
  readonly points: number;
}

export type LeadCommandKind = keyof CommandBodies;
export interface CommandFrame<K extends LeadCommandKind> {
  readonly kind: K;
  /** the id of the lead it is sent to; of a new one, the id it gets */
  readonly lead: string;
  /** derived from the idempotency key: the same command again has the same id */
  readonly commandId: string;
  /** ISO 8601 UTC with milliseconds; now when absent */
  readonly occurredAt?: string;
  /** false where the source gave no time and `occurredAt` is the nearest later one it gave */
  readonly timeKnown?: false;
}
export type CommandOf<K extends LeadCommandKind> = CommandFrame<K> & CommandBodies[K];
export type LeadCommand = { [K in LeadCommandKind]: CommandOf<K> }[LeadCommandKind];

/** The event that a command is about: a state that does not allow it refuses the command. */
export const EVENT_OF: Readonly<Record<LeadCommandKind, readonly LeadEventType[]>> = {
  create: ['LeadCreated'],
  'record-interest': ['InterestRecorded'],
  score: ['LeadScored'],
  'start-nurture': ['NurtureStarted'],
  qualify: ['LeadQualified'],
  'withdraw-qualification': ['QualificationWithdrawn'],
  hold: ['LeadHeld'],
  release: ['LeadReleased'],
  route: ['LeadHeld', 'LeadHandedOff'],
  'hand-off': ['LeadHandedOff'],
  'withdraw-handoff': ['HandoffWithdrawn'],
  accept: ['HandoffAccepted'],
  reject: ['HandoffRejected'],
  expire: ['HandoffExpired'],
  contact: ['LeadContacted'],
  advance: ['LeadAdvanced'],
  'sales-qualify': ['LeadSalesQualified'],
  recycle: ['LeadRecycled'],
  lose: ['LeadLost'],
  win: ['LeadWon'],
  'propose-disqualification': ['DisqualificationProposed'],
  'decline-disqualification': ['DisqualificationDeclined'],
  disqualify: ['LeadDisqualified'],
  reopen: ['LeadReopened'],
  reassign: ['WorkerReassigned'],
  'transfer-stewardship': ['StewardTransferred'],
  'correct-details': ['LeadDetailsCorrected'],
  rate: ['LeadQualityRated'],
  'record-insight': ['InsightRecorded'],
  'recommend-message': ['MessageRecommended'],
  merge: ['LeadMerged'],
  unmerge: ['LeadUnmerged'],
  'absorb-duplicate': ['DuplicateAbsorbed'],
};
export const LEAD_COMMANDS = Object.keys(EVENT_OF) as LeadCommandKind[];
