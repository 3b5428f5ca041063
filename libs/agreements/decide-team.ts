import { refuse, type Actor, type Decision, type Refusal } from '../decider/decision.js';
import { TEAM_ID_PATTERN, type Team, type TeamEvent, type TeamKind, type TeamState, type OfPerson } from './team.js';

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
  const refusal = mayNot(command, state, facts.actor) ?? malformed(command, state.id);
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
  if (state.formed && state.managers.includes(actor.id)) return undefined;
  return { code: 'forbidden', rule: 'teams are changed by an administrator or by a manager of the team' };
}

function malformed(command: TeamCommand, id: string): Refusal | undefined {
  switch (command.type) {
    case 'form':
      if (!TEAM_ID_PATTERN.test(id)) return { code: 'invalid', field: 'id', rule: '1 to 64 letters, digits, _ or -' };
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
