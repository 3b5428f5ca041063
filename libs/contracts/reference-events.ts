import {
  FAULT_DOMAINS,
  REASON_LISTS,
  TOP_STATES,
  type AgreementContent,
  type ReasonList,
  type TopState,
} from '../agreements/agreement-content.js';
import type { AgreementsEventData } from '../agreements/catalogue.js';
import { ATTRIBUTES, type PolicyContent } from '../agreements/policy.js';
import { TEAM_KINDS } from '../agreements/team.js';
import type { ContactEventData } from '../contacts/contact.js';
import { ERASURE_STEPS } from '../contacts/erasure.js';
import { CHANNELS, owner } from '../lead-lifecycle/lead-events.js';
import type { LogKeysEventData } from '../log-decisions/log-keys.js';
import type { QuarantineEventData } from '../log-decisions/quarantine.js';
import {
  code,
  flag,
  hash,
  hexDigits,
  integer,
  label,
  list,
  noteVkey,
  nullable,
  oneOf,
  opaqueId,
  optional,
  record,
  streamName,
  time,
  uuid,
  type Fields,
  type Infer,
  type Shape,
} from '../shape/shape.js';

/*
 * The shapes of the events that are not of a lead's stream. The domain declares them as plain types; a shape that
 * differs from its type does not compile (`Exactly`, at the end). None of them holds anything personal.
 */

const ofPerson = record({ person: opaqueId });
const fact = record({ name: code, stream: streamName, revision: integer(-1, Number.MAX_SAFE_INTEGER) });
const byTeam = {
  version: integer(1, 1_000_000),
  team: opaqueId,
  teamKind: oneOf(...TEAM_KINDS),
  facts: list(fact, 10_000),
};
const proposed = <Content>(content: Shape<Content>) =>
  record({ ...byTeam, content, contentHash: hash, validFrom: nullable(time), proposedBy: opaqueId });
const signed = record({ ...byTeam, contentHash: hash, signatory: opaqueId, inForceFrom: nullable(time) });
const withdrawn = record({ ...byTeam, withdrawnBy: opaqueId });

const points = integer(-1000, 1000);
const criterion = record({
  id: code,
  attribute: oneOf(...ATTRIBUTES),
  rules: list(record({ anyOf: list(code, 200), points }), 100),
  required: optional(flag),
  label: optional(label(80)),
});
const policyContent: Shape<PolicyContent> = record({
  criteria: list(criterion, 50),
  threshold: integer(-1_000_000, 1_000_000),
});

/** One shape for each name of a closed list. */
const each = <Name extends string, S extends Shape<unknown>>(names: readonly Name[], shape: S) =>
  record(Object.fromEntries(names.map((name) => [name, shape])) satisfies Fields as { readonly [N in Name]: S });

const subReason = { code, label: label(80), faultDomain: oneOf(...FAULT_DOMAINS) };
const reason = record({ ...subReason, children: optional(list(record(subReason), 20)) });
const days = integer(1, 730);
const minutes = integer(1, 30 * 24 * 60);
const routed = optional(list(code, 50));
const routingRule = record({
  name: code,
  when: record({ source: routed, topic: routed, segment: routed }),
  to: label(64),
  mode: oneOf('round-robin', 'queue'),
});
const agreementContent: Shape<AgreementContent> = record({
  reasons: each<ReasonList, Shape<readonly Infer<typeof reason>[]>>(REASON_LISTS, list(reason, 40)),
  acceptWithinMinutes: minutes,
  firstTouchWithinMinutes: minutes,
  undecidedLossDays: days,
  hygieneDays: days,
  ratingScale: record({ min: integer(0, 100), max: integer(0, 100) }),
  responsibilities: each<TopState, Shape<'marketing' | 'sales'>>(TOP_STATES, oneOf('marketing', 'sales')),
  mostOffersPerCycle: integer(1, 20),
  nurture: record({ maximumSilenceDays: days }),
  routing: list(routingRule, 50),
});

export const TEAM_EVENTS = {
  'TeamFormed.v1': record({ kind: oneOf(...TEAM_KINDS), name: label(80) }),
  'MemberJoined.v1': ofPerson,
  'MemberLeft.v1': ofPerson,
  'ManagerAppointed.v1': ofPerson,
  'ManagerDismissed.v1': ofPerson,
  'SignatoryListed.v1': ofPerson,
  'SignatoryUnlisted.v1': ofPerson,
  'CapacityDeclared.v1': record({ openLeads: nullable(integer(0, 1_000_000)) }),
};
export const POLICY_EVENTS = {
  'PolicyProposed.v1': proposed(policyContent),
  'PolicySigned.v1': signed,
  'PolicyWithdrawn.v1': withdrawn,
};
export const AGREEMENT_EVENTS = {
  'AgreementProposed.v1': proposed(agreementContent),
  'AgreementSigned.v1': signed,
  'AgreementWithdrawn.v1': withdrawn,
};
const count = integer(0, 10_000_000);
/** Contacts merged into one: beyond any person's, within an event's size. */
const MOST_CONTACTS = 10_000;
export const CONTACT_EVENTS = {
  'ContactRegistered.v1': record({ lead: uuid }),
  'ContactReturned.v1': record({ lead: uuid }),
  'ConsentChanged.v1': record({ consent: oneOf('given', 'withdrawn'), purpose: code }),
  'ContactMerged.v1': record({ into: uuid, reason: code }),
  'TouchMirrored.v1': record({
    lead: uuid,
    event: uuid,
    channel: oneOf(...CHANNELS),
    direction: oneOf('outbound', 'inbound'),
    by: owner,
  }),
  'PersonalDataExported.v1': record({ reason: code, contacts: count, leads: count, events: count }),
  'LegalHoldPlaced.v1': record({ reason: code, matter: opaqueId }),
  'LegalHoldLifted.v1': record({ reason: code }),
  'ErasureRequested.v1': record({ reason: code, keepOptOut: flag, requestedBy: opaqueId }),
  'ErasureApproved.v1': record({ reason: code, approvedBy: opaqueId }),
  'ErasureStepDone.v1': record({ step: oneOf(...ERASURE_STEPS), contacts: list(uuid, MOST_CONTACTS) }),
  'PersonalDataErased.v1': record({
    stage: oneOf('live', 'final'),
    contacts: list(uuid, MOST_CONTACTS),
    epoch: nullable(integer(1, 1_000_000)),
  }),
};
const vkey = record({ vkey: noteVkey });
export const LOG_KEYS_EVENTS = {
  'EventKeyAnnounced.v1': vkey,
  'EventKeyRetired.v1': record({ key: hexDigits(4), reason: code }),
  'LogKeyAnnounced.v1': vkey,
};
const quarantined = {
  event: uuid,
  stream: streamName,
  revision: integer(0, Number.MAX_SAFE_INTEGER),
  bodyHash: hash,
};
export const QUARANTINE_EVENTS = {
  'QuarantineProposed.v1': record({ ...quarantined, reason: code }),
  'QuarantineApproved.v1': record(quarantined),
};
export const PROJECTION_EVENTS = {
  'ProjectionEventSkipped.v1': record({ stream: streamName, revision: integer(0, Number.MAX_SAFE_INTEGER) }),
};

type Typed<Shapes> = { readonly [T in keyof Shapes]: Infer<Shapes[T]> };
/** Written out as one object each, however it was put together. */
type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T;
/** Assignable is not enough: a shape with one more optional field would be. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Exactly<Declared, Shapes> = Same<Plain<Declared>, Plain<Typed<Shapes>>>;
const agreementsMatch: Exactly<
  AgreementsEventData,
  typeof TEAM_EVENTS & typeof POLICY_EVENTS & typeof AGREEMENT_EVENTS
> = true;
const contactsMatch: Exactly<ContactEventData, typeof CONTACT_EVENTS> = true;
const logKeysMatch: Exactly<LogKeysEventData, typeof LOG_KEYS_EVENTS> = true;
const quarantineMatches: Exactly<QuarantineEventData, typeof QUARANTINE_EVENTS> = true;
void [agreementsMatch, contactsMatch, logKeysMatch, quarantineMatches];
