import type { AgreementContent } from './agreement-content.js';
import type { PolicyContent } from './policy.js';
import type { VersionProposed, VersionSigned, VersionWithdrawn } from './signed-versions.js';
import type { TeamEventData } from './team.js';

/** Every event of this library: its type as stored, and the data that it decides (the nonce is added at the append). */
export interface AgreementsEventData extends TeamEventData {
  readonly 'PolicyProposed.v1': VersionProposed<PolicyContent>;
  readonly 'PolicySigned.v1': VersionSigned;
  readonly 'PolicyWithdrawn.v1': VersionWithdrawn;
  readonly 'AgreementProposed.v1': VersionProposed<AgreementContent>;
  readonly 'AgreementSigned.v1': VersionSigned;
  readonly 'AgreementWithdrawn.v1': VersionWithdrawn;
}
export type AgreementsEventType = keyof AgreementsEventData;

type Marks = {
  readonly [Type in AgreementsEventType]: { readonly [Field in keyof AgreementsEventData[Type]]-?: 'not-personal' };
};

const PERSON = { person: 'not-personal' } as const;
const BY_TEAM = {
  version: 'not-personal',
  team: 'not-personal',
  teamKind: 'not-personal',
  facts: 'not-personal',
} as const;
const PROPOSED = {
  ...BY_TEAM,
  content: 'not-personal',
  contentHash: 'not-personal',
  validFrom: 'not-personal',
  proposedBy: 'not-personal',
} as const;
const SIGNED = {
  ...BY_TEAM,
  contentHash: 'not-personal',
  signatory: 'not-personal',
  inForceFrom: 'not-personal',
} as const;
const WITHDRAWN = { ...BY_TEAM, withdrawnBy: 'not-personal' } as const;

/**
 * The registry of fields: none is personal. People stand as opaque subjects of tokens, names and labels are the trade's.
 * A field without a mark does not compile.
 */
export const FIELD_MARKS: Marks = {
  'TeamFormed.v1': { kind: 'not-personal', name: 'not-personal' },
  'MemberJoined.v1': PERSON,
  'MemberLeft.v1': PERSON,
  'ManagerAppointed.v1': PERSON,
  'ManagerDismissed.v1': PERSON,
  'SignatoryListed.v1': PERSON,
  'SignatoryUnlisted.v1': PERSON,
  'CapacityDeclared.v1': { openLeads: 'not-personal' },
  'PolicyProposed.v1': PROPOSED,
  'PolicySigned.v1': SIGNED,
  'PolicyWithdrawn.v1': WITHDRAWN,
  'AgreementProposed.v1': PROPOSED,
  'AgreementSigned.v1': SIGNED,
  'AgreementWithdrawn.v1': WITHDRAWN,
};
