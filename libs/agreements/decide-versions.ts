import { refuse, type Actor, type Decision } from '../decider/decision.js';
import type { ByTeam, Version, VersionEvent, VersionsState } from './signed-versions.js';
import { teamStream, type TeamState } from './team.js';

export type VersionCommand<Content> =
  | {
      readonly type: 'propose';
      /** checked by the content's validator before */
      readonly content: Content;
      readonly contentHash: string;
      readonly validFrom?: string;
    }
  | { readonly type: 'sign'; readonly version: number; readonly contentHash: string }
  | { readonly type: 'withdraw'; readonly version: number };

export interface TeamFact {
  readonly team: TeamState;
  /** the revision of the team's stream that was read */
  readonly revision: number;
}
export interface VersionFacts {
  /** ISO 8601 UTC, ms */
  readonly now: string;
  readonly actor: Actor;
  /** at least every team in which the actor is a member */
  readonly teams: readonly TeamFact[];
}
export interface VersionResult {
  readonly version: number;
  /** when it comes (or came) into force; null while a signature is missing */
  readonly inForceFrom: string | null;
}
type Outcome<Content> = Decision<VersionEvent<Content>, VersionResult>;

const TYPES = {
  policy: { proposed: 'PolicyProposed.v1', signed: 'PolicySigned.v1', withdrawn: 'PolicyWithdrawn.v1' },
  agreement: { proposed: 'AgreementProposed.v1', signed: 'AgreementSigned.v1', withdrawn: 'AgreementWithdrawn.v1' },
} as const;

/** Bounds what a stream's state holds; whoever reaches it withdraws one first. */
export const MOST_OPEN_PROPOSALS = 20;

/**
 * Proposed by a member of either kind of team; signed by a signatory of each kind, in either order, both listed before
 * the proposal; then in force from the later of the second signature and `validFrom`, until the next comes into force.
 * A proposal is overtaken once both sign one with a higher number. A command whose outcome already stands gives no event.
 *
 * Refused: forbidden, invalid (field and rule), not-found (version), conflict.
 */
export function decideVersions<Content>(
  command: VersionCommand<Content>,
  state: VersionsState<Content>,
  facts: VersionFacts,
): Outcome<Content> {
  const { actor } = facts;
  const acting = actor.kind === 'human' && preferred(facts, ({ team }) => team.members.includes(actor.id));
  if (!acting) return forbidden('only members of the teams propose, sign and withdraw');
  if (command.type === 'propose') return propose(command, state, facts, acting);
  const version = state.versions.find((one) => one.version === command.version);
  if (!version) return refuse({ code: 'not-found', what: 'version' });
  return command.type === 'sign' ? sign(command.contentHash, version, state, facts) : withdraw(version, state, facts);
}

function propose<Content>(
  { content, contentHash, validFrom = null }: { content: Content; contentHash: string; validFrom?: string | null },
  state: VersionsState<Content>,
  facts: VersionFacts,
  acting: TeamFact,
): Outcome<Content> {
  if (!HASH_PATTERN.test(contentHash)) {
    return refuse({ code: 'invalid', field: 'contentHash', rule: 'SHA-256 in 64 lower-case hex digits' });
  }
  if (validFrom !== null && !isTime(validFrom)) {
    return refuse({ code: 'invalid', field: 'validFrom', rule: 'a time in ISO 8601 UTC with milliseconds' });
  }
  const open = state.versions.filter((version) => isOpen(state, version));
  const same = open.find((version) => version.contentHash === contentHash && version.validFrom === validFrom);
  if (same) return alreadySo(same);
  if (validFrom !== null && validFrom < recordingTime(state, facts)) {
    return refuse({ code: 'invalid', field: 'validFrom', rule: 'not before now: nothing is retroactive' });
  }
  if (open.length >= MOST_OPEN_PROPOSALS) return conflict(`${MOST_OPEN_PROPOSALS} proposals are open; withdraw one`);
  const version = state.versions.length + 1;
  const data = { version, ...by(acting), content, contentHash, validFrom, proposedBy: facts.actor.id };
  return accepted({ version, inForceFrom: null }, { type: TYPES[state.kind].proposed, data, occurredAt: facts.now });
}

function sign<Content>(
  contentHash: string,
  version: Version<Content>,
  state: VersionsState<Content>,
  facts: VersionFacts,
): Outcome<Content> {
  const { actor } = facts;
  const isListed = ({ team }: TeamFact, by?: string): boolean =>
    team.signatories.some(({ person, listedAt }) => person === actor.id && (by === undefined || listedAt <= by));
  const listing = facts.teams.filter((fact) => isListed(fact));
  const missing = ({ team }: TeamFact): boolean => version.signatures.every(({ teamKind }) => teamKind !== team.kind);
  if (listing.length === 0) return forbidden('only listed signatories sign');
  if (contentHash !== version.contentHash) return conflict('the hash is not that of the proposed content');
  if (version.withdrawn) return conflict('the version is withdrawn');
  if (version.signatures.some(({ signatory }) => signatory === actor.id)) return alreadySo(version);
  if (version.inForceFrom !== null) return conflict('both teams have signed');
  if (!isOpen(state, version)) return conflict('both teams have signed a later version');
  if (!listing.some(missing)) return conflict('that team has signed; the other signature is missing');
  const acting = preferred(facts, (fact) => missing(fact) && isListed(fact, version.proposedAt));
  if (!acting) return forbidden('a signatory is listed before the proposal');
  const second = version.signatures.length > 0;
  const inForceFrom = second ? later(recordingTime(state, facts), version.validFrom ?? '') : null;
  const data = { version: version.version, ...by(acting), contentHash, signatory: actor.id, inForceFrom };
  return accepted({ ...version, inForceFrom }, { type: TYPES[state.kind].signed, data, occurredAt: facts.now });
}

function withdraw<Content>(
  version: Version<Content>,
  state: VersionsState<Content>,
  facts: VersionFacts,
): Outcome<Content> {
  const { actor } = facts;
  const acting = preferred(
    facts,
    ({ team }) =>
      team.id === version.team &&
      team.members.includes(actor.id) &&
      (version.proposedBy === actor.id || team.managers.includes(actor.id)),
  );
  if (!acting) return forbidden('only who proposed a version, or a manager of that team, withdraws it');
  if (version.withdrawn) return alreadySo(version);
  if (version.inForceFrom !== null) return conflict('both teams have signed');
  const data = { version: version.version, ...by(acting), withdrawnBy: actor.id };
  return accepted(version, { type: TYPES[state.kind].withdrawn, data, occurredAt: facts.now });
}

const HASH_PATTERN = /^[0-9a-f]{64}$/;
const TIME_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const isTime = (text: string): boolean =>
  TIME_PATTERN.test(text) && Number.isFinite(Date.parse(text)) && new Date(text).toISOString() === text;
const later = (a: string, b: string): string => (a > b ? a : b);

/** What recordedAt will be: it never decreases within a stream, also where a clock was set back. */
const recordingTime = <Content>(state: VersionsState<Content>, facts: VersionFacts): string =>
  later(facts.now, state.recordedAt);

const isOpen = <Content>(state: VersionsState<Content>, version: Version<Content>): boolean =>
  !version.withdrawn && version.inForceFrom === null && state.signedInOrder.every((signed) => signed < version.version);

/** A person may be in two teams: the one that the actor names goes first, where it qualifies. */
const preferred = ({ teams, actor }: VersionFacts, qualifies: (fact: TeamFact) => boolean): TeamFact | undefined => {
  const qualified = teams.filter(qualifies);
  return qualified.find(({ team }) => team.id === actor.team) ?? qualified[0];
};

const by = ({ team, revision }: TeamFact): Omit<ByTeam, 'version'> => ({
  team: team.id,
  teamKind: team.kind,
  facts: [{ name: 'team', stream: teamStream(team.id), revision }],
});

const forbidden = (rule: string) => refuse({ code: 'forbidden', rule });
const conflict = (rule: string) => refuse({ code: 'conflict', rule });
const alreadySo = ({ version, inForceFrom }: VersionResult) =>
  ({ ok: true, result: { version, inForceFrom }, events: [] }) as const;
const accepted = <Content>(
  { version, inForceFrom }: VersionResult,
  event: VersionEvent<Content>,
): Outcome<Content> => ({
  ok: true,
  result: { version, inForceFrom },
  events: [event],
});
