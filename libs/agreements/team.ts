import { refuse, type Actor, type Decision, type EventDraft, type Refusal } from '../decider/decision.js';
import type { Recorded } from './recorded.js';

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

type PersonCommand = 'join' | 'leave' | 'appointManager' | 'dismissManager' | 'listSignatory' | 'unlistSignatory';
export type TeamCommand =
  | { readonly type: 'form'; readonly kind: TeamKind; readonly name: string }
  | ({ readonly type: PersonCommand } & OfPerson)
  | { readonly type: 'declareCapacity'; readonly openLeads: number | null };

export interface TeamFacts {
  /** ISO 8601 UTC, ms */
  readonly now: string;
  readonly actor: Actor;
}

const PERSON_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}$/;
const NAME_PATTERN = /^[^\p{Cc}\p{Cs}@]{1,80}$/u;
const MOST_OPEN_LEADS = 1_000_000;

/**
 * By an administrator or the team's manager; import forms teams and adds members, since its history needs them first.
 * A command whose outcome already stands gives no event. Whoever leaves stops being manager and signatory by events of
 * their own in the same commit, so that the trail shows when each authority ended.
 *
 * Refused: forbidden, invalid (field and rule), not-found (team not formed), conflict.
 */
export function decideTeam(command: TeamCommand, state: Team, facts: TeamFacts): Decision<TeamEvent> {
  const refusal = mayNot(command, state, facts.actor) ?? malformed(command);
  if (refusal) return refuse(refusal);
  if (command.type === 'form') return form(command, state, facts.now);
  if (!state.formed) return refuse({ code: 'not-found', what: 'team' });
  if (command.type !== 'declareCapacity') return changePerson(command.type, command.person, state, facts.now);
  if (command.openLeads === state.openLeads) return accepted();
  return accepted({ type: 'CapacityDeclared.v1', data: { openLeads: command.openLeads }, occurredAt: facts.now });
}

const accepted = (...events: readonly TeamEvent[]): Decision<TeamEvent> => ({ ok: true, result: null, events });
const conflict = (rule: string): Decision<TeamEvent> => refuse({ code: 'conflict', rule });

function mayNot(command: TeamCommand, state: Team, actor: Actor): Refusal | undefined {
  if (actor.role === 'admin') return undefined;
  if (actor.role === 'import' && (command.type === 'form' || command.type === 'join')) return undefined;
  if (command.type !== 'form' && state.formed && state.managers.includes(actor.id)) return undefined;
  return { code: 'forbidden', rule: 'teams are changed by an administrator or by a manager of the team' };
}

function malformed(command: TeamCommand): Refusal | undefined {
  switch (command.type) {
    case 'form':
      if (NAME_PATTERN.test(command.name)) return undefined;
      return { code: 'invalid', field: 'name', rule: '1 to 80 characters, no control characters, no @' };
    case 'declareCapacity':
      if (command.openLeads === null || isWhole(command.openLeads)) return undefined;
      return { code: 'invalid', field: 'openLeads', rule: `a whole number from 0 to ${MOST_OPEN_LEADS}, or null` };
    default:
      if (PERSON_PATTERN.test(command.person)) return undefined;
      return { code: 'invalid', field: 'person', rule: 'the opaque subject of a token, 1 to 128 characters, no @' };
  }
}

const isWhole = (count: number): boolean => Number.isInteger(count) && count >= 0 && count <= MOST_OPEN_LEADS;

function form(command: TeamCommand & { type: 'form' }, state: Team, now: string): Decision<TeamEvent> {
  const { kind, name } = command;
  if (!state.formed) return accepted({ type: 'TeamFormed.v1', data: { kind, name }, occurredAt: now });
  return state.kind === kind && state.name === name ? accepted() : conflict('the team exists, of another kind or name');
}

function changePerson(type: PersonCommand, person: string, state: TeamState, now: string): Decision<TeamEvent> {
  const isMember = state.members.includes(person);
  const isManager = state.managers.includes(person);
  const isSignatory = state.signatories.some((one) => one.person === person);
  const draft = (event: Exclude<TeamEvent['type'], 'TeamFormed.v1' | 'CapacityDeclared.v1'>): TeamEvent => ({
    type: event,
    data: { person },
    occurredAt: now,
  });
  switch (type) {
    case 'join':
      return isMember ? accepted() : accepted(draft('MemberJoined.v1'));
    case 'leave': {
      const endings: TeamEvent[] = [];
      if (isManager) endings.push(draft('ManagerDismissed.v1'));
      if (isSignatory) endings.push(draft('SignatoryUnlisted.v1'));
      return isMember ? accepted(...endings, draft('MemberLeft.v1')) : accepted();
    }
    case 'appointManager':
      if (!isMember) return conflict('a manager is a member of the team');
      return isManager ? accepted() : accepted(draft('ManagerAppointed.v1'));
    case 'dismissManager':
      return isManager ? accepted(draft('ManagerDismissed.v1')) : accepted();
    case 'listSignatory':
      if (!isMember) return conflict('a signatory is a member of the team');
      return isSignatory ? accepted() : accepted(draft('SignatoryListed.v1'));
    case 'unlistSignatory':
      return isSignatory ? accepted(draft('SignatoryUnlisted.v1')) : accepted();
  }
}
