import type { EventDraft } from '../decider/decision.js';
import type { Recorded } from './recorded.js';

export const TEAM_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const teamStream = (id: string): string => `team-${id}`;

export const TEAM_KINDS = ['marketing', 'sales'] as const;
export type TeamKind = (typeof TEAM_KINDS)[number];

/** `person` is the opaque subject of that person's token, never a name or an address. */
export interface OfPerson {
  readonly person: string;
}

export interface TeamEventData {
  readonly 'TeamFormed.v1': { readonly kind: TeamKind; readonly name: string };
  readonly 'MemberJoined.v1': OfPerson;
  readonly 'MemberLeft.v1': OfPerson;
  readonly 'ManagerAppointed.v1': OfPerson;
  readonly 'ManagerDismissed.v1': OfPerson;
  readonly 'SignatoryListed.v1': OfPerson;
  readonly 'SignatoryUnlisted.v1': OfPerson;
  /** how many open leads the team can work at a time; null: as many as come */
  readonly 'CapacityDeclared.v1': { readonly openLeads: number | null };
}
export type TeamEvent = { [Type in keyof TeamEventData]: EventDraft<Type, TeamEventData[Type]> }[keyof TeamEventData];

export interface Signatory {
  readonly person: string;
  /** recordedAt of the listing: who was listed after a proposal does not sign it */
  readonly listedAt: string;
}

export interface TeamState {
  readonly formed: true;
  readonly id: string;
  readonly kind: TeamKind;
  readonly name: string;
  readonly members: readonly string[];
  readonly managers: readonly string[];
  readonly signatories: readonly Signatory[];
  /** null: unlimited, until the team declares */
  readonly openLeads: number | null;
}
export interface UnformedTeam {
  readonly formed: false;
  readonly id: string;
}
export type Team = TeamState | UnformedTeam;

export const initialTeam = (id: string): Team => ({ formed: false, id });

/** Pure and total: an unknown type, and whatever comes before the team was formed, changes nothing. */
export function evolveTeam(state: Team, event: Recorded<TeamEvent>): Team {
  if (state.formed) return { ...state, ...changeOf(state, event) };
  if (event.type !== 'TeamFormed.v1') return state;
  const { kind, name } = event.data;
  return { formed: true, id: state.id, kind, name, members: [], managers: [], signatories: [], openLeads: null };
}

function changeOf(state: TeamState, event: Recorded<TeamEvent>): Partial<TeamState> {
  switch (event.type) {
    case 'MemberJoined.v1':
      return { members: [...without(state.members, event.data.person), event.data.person] };
    case 'MemberLeft.v1':
      return { members: without(state.members, event.data.person) };
    case 'ManagerAppointed.v1':
      return { managers: [...without(state.managers, event.data.person), event.data.person] };
    case 'ManagerDismissed.v1':
      return { managers: without(state.managers, event.data.person) };
    case 'SignatoryListed.v1':
      return {
        signatories: [
          ...unlisted(state.signatories, event.data.person),
          { person: event.data.person, listedAt: event.recordedAt },
        ],
      };
    case 'SignatoryUnlisted.v1':
      return { signatories: unlisted(state.signatories, event.data.person) };
    case 'CapacityDeclared.v1':
      return { openLeads: event.data.openLeads };
    default:
      return {};
  }
}

const without = (people: readonly string[], person: string): readonly string[] =>
  people.filter((one) => one !== person);
const unlisted = (signatories: readonly Signatory[], person: string): readonly Signatory[] =>
  signatories.filter((one) => one.person !== person);
