import type { EventDraft, FactRef } from '../decider/decision.js';
import type { Recorded } from './recorded.js';
import type { TeamKind } from './team.js';

/** What both teams sign. The policy and the agreement live by the same rules; only the events' names differ. */
export type SignedKind = 'policy' | 'agreement';
export const versionsStream = (kind: SignedKind, segment: string): string => `${kind}-${segment}`;

/** For which team somebody acts on a version. */
export interface ByTeam {
  readonly version: number;
  readonly team: string;
  readonly teamKind: TeamKind;
  /** the team states that the decision was read from */
  readonly facts: readonly FactRef[];
}
export interface VersionProposed<Content> extends ByTeam {
  readonly content: Content;
  /** lower-case hex SHA-256 of the JCS of `content` */
  readonly contentHash: string;
  /** ISO 8601 UTC, ms; null: from the second signature */
  readonly validFrom: string | null;
  readonly proposedBy: string;
}
export interface VersionSigned extends ByTeam {
  readonly contentHash: string;
  readonly signatory: string;
  /** on the second signature: when the version comes into force (ISO 8601 UTC, ms); null on the first */
  readonly inForceFrom: string | null;
}
export interface VersionWithdrawn extends ByTeam {
  readonly withdrawnBy: string;
}
export type VersionEvent<Content> =
  | EventDraft<'PolicyProposed.v1' | 'AgreementProposed.v1', VersionProposed<Content>>
  | EventDraft<'PolicySigned.v1' | 'AgreementSigned.v1', VersionSigned>
  | EventDraft<'PolicyWithdrawn.v1' | 'AgreementWithdrawn.v1', VersionWithdrawn>;

export interface Signature {
  readonly team: string;
  readonly teamKind: TeamKind;
  readonly signatory: string;
  readonly signedAt: string;
}
export interface Version<Content> {
  readonly version: number;
  readonly content: Content;
  readonly contentHash: string;
  readonly validFrom: string | null;
  readonly team: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
  /** none, one, or one of each kind of team */
  readonly signatures: readonly Signature[];
  readonly inForceFrom: string | null;
  readonly withdrawn: boolean;
}
export interface VersionsState<Content> {
  readonly kind: SignedKind;
  readonly segment: string;
  /** version n stands at index n - 1 */
  readonly versions: readonly Version<Content>[];
  /** the numbers of the versions that both signed, in the order of the second signatures */
  readonly signedInOrder: readonly number[];
  /** recordedAt of the last event; '' before the first */
  readonly recordedAt: string;
}

export const initialVersions = <Content>(kind: SignedKind, segment: string): VersionsState<Content> => ({
  kind,
  segment,
  versions: [],
  signedInOrder: [],
  recordedAt: '',
});

/** Pure and total: an unknown type changes nothing. */
export function evolveVersions<Content>(
  state: VersionsState<Content>,
  event: Recorded<VersionEvent<Content>>,
): VersionsState<Content> {
  const { recordedAt } = event;
  switch (event.type) {
    case 'PolicyProposed.v1':
    case 'AgreementProposed.v1': {
      const { version, content, contentHash, validFrom, team, proposedBy } = event.data;
      const proposal = { version, content, contentHash, validFrom, team, proposedBy, proposedAt: recordedAt };
      const added: Version<Content> = { ...proposal, signatures: [], inForceFrom: null, withdrawn: false };
      return { ...state, recordedAt, versions: [...state.versions, added] };
    }
    case 'PolicySigned.v1':
    case 'AgreementSigned.v1': {
      const { version, team, teamKind, signatory, inForceFrom } = event.data;
      const signature: Signature = { team, teamKind, signatory, signedAt: recordedAt };
      const versions = changed(state, version, (one) => ({ signatures: [...one.signatures, signature], inForceFrom }));
      const signedInOrder = inForceFrom === null ? state.signedInOrder : [...state.signedInOrder, version];
      return { ...state, recordedAt, versions, signedInOrder };
    }
    case 'PolicyWithdrawn.v1':
    case 'AgreementWithdrawn.v1':
      return { ...state, recordedAt, versions: changed(state, event.data.version, () => ({ withdrawn: true })) };
    default:
      return state;
  }
}

const changed = <Content>(
  { versions }: VersionsState<Content>,
  number: number,
  change: (version: Version<Content>) => Partial<Version<Content>>,
): readonly Version<Content>[] =>
  versions.map((version) => (version.version === number ? { ...version, ...change(version) } : version));
