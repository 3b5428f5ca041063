import { ATTRIBUTES } from '../agreements/policy.js';
import type { Actor, EventDraft } from '../decider/decision.js';
import {
  amount,
  code,
  either,
  flag,
  hash,
  integer,
  list,
  nullable,
  oneOf,
  opaqueId,
  optional,
  record,
  text,
  time,
  uuid,
  type Fields,
  type InferFields,
} from '../shape/shape.js';

/**
 * Every event of a lead's stream, with its payload: names and fields are the storage format (version 1 of each).
 * What stands under `open` is bands, codes, ids and numbers; what stands under `personal` is about a person (or free
 * text, which may be) and is stored only sealed under the contact's key. A field that is in neither does not exist.
 */
function event<Open extends Fields, Personal extends Fields = Record<never, never>>(
  open: Open,
  personal: Personal = {} as Personal,
) {
  // which pass of the lead through its lifecycle this event belongs to
  return { open: record({ cycle: integer(1, 100_000), ...open }), personal: record(personal) };
}

/** A team, or one of its people. A steward or offeree without a person is the team itself or its queue. */
export const owner = record({ team: opaqueId, person: optional(opaqueId) });
export type Owner = InferFields<(typeof owner)['fields']>;
const person = record({ team: opaqueId, person: opaqueId });
export type Person = InferFields<(typeof person)['fields']>;

/** Which version of the agreement was read; 0 is the shipped default, where none is in force. */
const agreement = record({ segment: code, version: integer(0, 1_000_000) });
const policy = record({ segment: code, version: integer(1, 1_000_000), contentHash: hash });
const fact = record({ name: code, stream: opaqueId, revision: integer(-1, Number.MAX_SAFE_INTEGER) });
const facts = optional(list(fact, 50));
const points = list(
  record({
    criterion: code,
    attribute: oneOf(...ATTRIBUTES),
    input: nullable(code),
    points: integer(-1000, 1000),
  }),
  1000,
);
const total = integer(-1_000_000, 1_000_000);
/** Made by hand by somebody with the right to, against or without the rule. */
const override = record({ kind: oneOf('override'), reason: code });
const byPolicy = record({ kind: oneOf('policy'), policy, points, total, threshold: total });
/** Sales is full, or has room again: what the rule holds and releases by. */
const byCapacity = record({ kind: oneOf('capacity') });
const reason = record({ code, faultDomain: optional(code), agreement });
export type Reason = InferFields<(typeof reason)['fields']>;
const note = { note: optional(text(4000)) };

export const profile = record({
  segment: optional(code),
  industry: optional(code),
  companySizeBand: optional(code),
  budgetBand: optional(code),
  seniority: optional(code),
  timeline: optional(code),
  country: optional(code),
});
export type Profile = InferFields<(typeof profile)['fields']>;

const contactDetails = {
  name: optional(text(200)),
  email: optional(text(320)),
  phone: optional(text(40)),
  jobTitle: optional(text(200)),
  companyName: optional(text(200)),
  companyDomain: optional(text(253)),
  landingUrl: optional(text(2000)),
  clickId: optional(text(500)),
  ...note,
};

export const CHANNELS = [
  'phone',
  'email',
  'meeting',
  'video',
  'chat',
  'social',
  'post',
  'event',
  'web',
  'other',
] as const;
export const STAGES = ['contacted', 'analysing', 'presenting', 'quoting', 'closing'] as const;
export type Stage = (typeof STAGES)[number];
export const TOUCH_FINDINGS = ['without-consent', 'without-reservation', 'over-budget', 'quiet-hours'] as const;

const from = { source: code, topic: code, campaign: optional(code), asset: optional(code) };

/** leads that sales has on it, and how many its team declared it can have; null is no limit */
const load = { team: opaqueId, backlog: integer(0, 1e9), capacity: nullable(integer(0, 1e9)) };

export const LEAD_EVENTS = {
  LeadCreated: event(
    {
      contact: uuid,
      ...from,
      behaviours: list(code, 50),
      profile,
      steward: owner,
      intake: oneOf('api', 'import', 'form'),
      externalRef: optional(record({ system: code, id: opaqueId })),
    },
    contactDetails,
  ),
  InterestRecorded: event({ ...from, behaviours: list(code, 50) }, note),
  LeadScored: event(
    {
      basis: either(byPolicy, override),
      points,
      total,
      passed: flag,
      cause: oneOf('created', 'details', 'interest', 'policy', 'manual'),
      facts,
    },
    note,
  ),
  NurtureStarted: event({
    track: code,
    channel: oneOf(...CHANNELS),
    cadenceDays: integer(1, 3650),
    maximumSilenceDays: integer(1, 3650),
    resumeAt: time,
  }),
  LeadQualified: event({ basis: either(byPolicy, override), facts }, note),
  QualificationWithdrawn: event({ reason, resumeAt: optional(time) }, note),
  LeadHeld: event({ ...load, basis: either(byCapacity, override), facts }, note),
  LeadReleased: event({ ...load, basis: either(byCapacity, override), facts }, note),
  LeadHandedOff: event(
    {
      offerId: uuid,
      offeree: owner,
      acceptBy: nullable(time),
      // the agreement's time for the first genuine touch by sales; null in imported history, which has no clocks
      firstTouchBy: nullable(time),
      route: either(record({ kind: oneOf('rule'), name: code }), override),
      packet: record({
        whyNow: code,
        source: code,
        topic: code,
        campaign: optional(code),
        touches: integer(0, 1e9),
        qualification: either(byPolicy, override),
        recommendedMessage: optional(code),
      }),
      agreement,
      facts,
    },
    note,
  ),
  HandoffWithdrawn: event({ offerId: uuid, reason }, note),
  HandoffAccepted: event({ offerId: uuid, worker: person, late: flag, agreement }),
  HandoffRejected: event({ offerId: uuid, reason, resumeAt: optional(time) }, note),
  HandoffExpired: event({ offerId: uuid, next: oneOf('qualified', 'nurturing'), offers: integer(1, 1e6), agreement }),
  LeadContacted: event(
    {
      by: owner,
      channel: oneOf(...CHANNELS),
      direction: oneOf('outbound', 'inbound'),
      twoWay: flag,
      human: flag,
      advances: flag,
      asset: optional(code),
      buyingStage: optional(code),
      pitched: optional(code),
      reservation: optional(uuid),
      findings: list(oneOf(...TOUCH_FINDINGS), 10),
      facts,
    },
    note,
  ),
  LeadAdvanced: event({ stage: oneOf(...STAGES) }, note),
  LeadSalesQualified: event({ needConfirmed: oneOf(true), potentialConfirmed: oneOf(true) }, note),
  LeadRecycled: event({ reason, resumeAt: time }, note),
  LeadLost: event({ reason, competitor: optional(code), asset: optional(code) }, note),
  LeadWon: event({ value: nullable(record({ amount, currency: code })) }, note),
  DisqualificationProposed: event({ reason }, note),
  DisqualificationDeclined: event({ reason }, note),
  LeadDisqualified: event({ reason, proposedBy: optional(opaqueId) }, note),
  LeadReopened: event({ reason, facts }, note),
  WorkerReassigned: event({ worker: person, reason }, note),
  StewardTransferred: event({ steward: owner, reason }, note),
  LeadDetailsCorrected: event({ profile: optional(profile), corrected: list(code, 20) }, contactDetails),
  LeadQualityRated: event({ rating: integer(0, 100), agreement }, note),
  InsightRecorded: event({ kind: oneOf('problem', 'wish', 'goal', 'objection', 'other'), tags: list(code, 20) }, note),
  MessageRecommended: event({ message: code, product: optional(code) }, note),
  LeadMerged: event({ into: uuid, facts }),
  LeadUnmerged: event({ reason }, note),
  DuplicateAbsorbed: event({ lead: uuid }),
} as const;

type Catalogue = typeof LEAD_EVENTS;
export type LeadEventType = keyof Catalogue;
export type LeadEventData<T extends LeadEventType> = InferFields<Catalogue[T]['open']['fields']>;
export type LeadEventPersonal<T extends LeadEventType> = InferFields<Catalogue[T]['personal']['fields']>;
export const LEAD_EVENT_TYPES = Object.keys(LEAD_EVENTS) as LeadEventType[];

export interface FromTo<T> {
  readonly from: T | null;
  readonly to: T | null;
}

/** What an event changes of who has the lead, for those who must not read its payload. Only what changed is there. */
export interface Change {
  /** max(occurredAt, that of the lead's previous event with a change): bounds intervals, never runs backward */
  readonly effectiveAt: string;
  readonly state?: FromTo<string>;
  readonly cycle?: FromTo<number>;
  readonly steward?: FromTo<Owner>;
  readonly offeree?: FromTo<Owner>;
  readonly worker?: FromTo<Owner>;
  /** the team that the agreement's responsibility matrix makes accountable */
  readonly accountable?: FromTo<string>;
  readonly reasonCode?: string;
}

export interface LeadEventMeta {
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly change?: Change;
  /** of imported history: outside clocks and SLA metrics */
  readonly imported?: true;
  /** the source gave no time: occurredAt is the nearest later one it gave */
  readonly timeKnown?: false;
}

/** An event of a lead as it is folded: read back from the store, its personal part still sealed. */
export type LeadEvent = {
  [T in LeadEventType]: { readonly type: T; readonly data: LeadEventData<T>; readonly meta: LeadEventMeta };
}[LeadEventType];

/** An event as decided. `rule` names the automatic rule that makes it, where it is not the caller's own. */
export type LeadDraft = {
  [T in LeadEventType]: EventDraft<T, LeadEventData<T>, LeadEventPersonal<T>> & {
    readonly rule?: string;
    readonly timeKnown?: false;
    readonly change?: Change;
  };
}[LeadEventType];
