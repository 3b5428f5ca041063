import type { Actor } from '../decider/decision.js';
import type { LeadCommand, LeadCommandKind } from './lead-commands.js';
import { isManager, isMember, type LeadFacts } from './lead-facts.js';
import { currentCycle, cycleToRate, type LeadState } from './lead-state.js';
import type { Owner, Person } from './lead-events.js';

/** How an actor stands to a lead. */
export type Relation =
  | 'rule'
  | 'import'
  | 'service'
  | 'privacy'
  | 'steward'
  | 'stewarding-team'
  | 'marketing-manager'
  | 'offeree'
  | 'worker'
  | 'sales-manager'
  | 'last-worker';

const STEWARD: readonly Relation[] = ['steward', 'marketing-manager'];
const BY_HAND: readonly Relation[] = ['rule', 'steward', 'marketing-manager'];
const WORKER: readonly Relation[] = ['worker', 'sales-manager'];
const INTAKE: readonly Relation[] = ['stewarding-team', 'marketing-manager', 'service'];

/** Managers first: as such they may also record what their people did. */
const IN_TOUCH: readonly Relation[] = ['marketing-manager', 'sales-manager', 'steward', 'offeree', 'worker', 'service'];

/** Who may do what: the table of the domain, import aside, which may write all history. */
export const WHO_MAY: Readonly<Record<LeadCommandKind, readonly Relation[]>> = {
  create: INTAKE,
  'record-interest': INTAKE,
  'correct-details': [...INTAKE, 'worker'],
  'start-nurture': STEWARD,
  'recommend-message': STEWARD,
  'withdraw-qualification': [...STEWARD, 'rule'],
  'withdraw-handoff': STEWARD,
  'transfer-stewardship': STEWARD,
  reopen: STEWARD,
  disqualify: [...STEWARD, 'rule'],
  'decline-disqualification': STEWARD,
  score: BY_HAND,
  qualify: STEWARD,
  hold: STEWARD,
  release: BY_HAND,
  'hand-off': STEWARD,
  route: ['rule'],
  expire: ['rule'],
  'absorb-duplicate': ['rule'],
  accept: ['offeree', 'sales-manager'],
  reject: ['offeree', 'sales-manager'],
  contact: IN_TOUCH,
  'record-insight': IN_TOUCH,
  advance: WORKER,
  'sales-qualify': WORKER,
  win: WORKER,
  lose: WORKER,
  recycle: [...WORKER, 'steward', 'rule'],
  rate: [...WORKER, 'last-worker'],
  'propose-disqualification': [...WORKER, 'offeree'],
  reassign: ['sales-manager'],
  merge: ['marketing-manager', 'privacy'],
  unmerge: ['marketing-manager', 'privacy', 'rule'],
};

/** The right by which an actor may do a command, with the team it is done for. */
export interface Right {
  /** `repetition`: it was done already by the same actor, who hears of it again though the deed may have ended the right */
  readonly relation: Relation | 'repetition';
  readonly team?: string;
}

/**
 * The first right that allows the command, or undefined. A relation to one of the lead's own people counts the team
 * of that person; for a new lead the steward is the one the command names.
 */
export function rightTo(command: LeadCommand, state: LeadState, facts: LeadFacts): Right | undefined {
  const lead = command.kind === 'create' ? { ...state, steward: command.steward } : state;
  const toRate = command.kind === 'rate' ? cycleToRate(state, command.cycle) : undefined;
  return (['import', ...WHO_MAY[command.kind]] as const)
    .filter((relation) => counts(relation, command, state))
    .map((relation) => standing(relation, lead, facts, toRate?.lastWorker))
    .find((right) => right !== undefined);
}

/** Rights that hold for some commands only, or in some states. */
function counts(relation: Relation, command: LeadCommand, state: LeadState): boolean {
  // Imported history has no automatic flow: its hand-offs say to whom.
  if (relation === 'import') return command.kind !== 'route';
  // Marketing and the clock recycle a lead only once it is lost: before that it is its worker's to return.
  if (command.kind === 'recycle') return state.leaf === 'lost' || !['steward', 'rule'].includes(relation);
  // A past cycle is rated by who worked it, not by who works the lead now.
  if (command.kind === 'rate') {
    return cycleToRate(state, command.cycle) === currentCycle(state) || !WORKER.includes(relation);
  }
  return true;
}

function standing(
  relation: Relation,
  lead: LeadState,
  facts: LeadFacts,
  lastWorker: Person | undefined,
): Right | undefined {
  const { actor, teams } = facts;
  const within = (owner: Owner | undefined, holds: boolean): Right | undefined =>
    owner && holds ? { relation, team: owner.team } : undefined;
  const team = (owner: Owner | undefined) => (owner ? teams.get(owner.team) : undefined);
  switch (relation) {
    case 'rule':
    case 'import':
    case 'service':
    case 'privacy':
      return actor.role === relation ? { relation, ...(actor.team ? { team: actor.team } : {}) } : undefined;
    case 'steward':
      return within(lead.steward, isHuman(actor, 'marketing') && owns(lead.steward, facts));
    case 'stewarding-team':
      return within(lead.steward, isHuman(actor, 'marketing') && isMember(team(lead.steward), actor.id));
    case 'marketing-manager':
      return within(lead.steward, isHuman(actor, 'marketing') && isManager(team(lead.steward), actor.id));
    case 'offeree':
      return within(lead.offeree, isHuman(actor, 'sales') && owns(lead.offeree, facts));
    case 'worker':
      return within(lead.worker, isHuman(actor, 'sales') && owns(lead.worker, facts));
    case 'sales-manager': {
      const owner = lead.worker ?? lead.offeree;
      return within(owner, isHuman(actor, 'sales') && isManager(team(owner), actor.id));
    }
    case 'last-worker':
      // Also after they moved to another team: nobody else knows what that cycle's lead was worth.
      return within(lastWorker, isHuman(actor, 'sales') && lastWorker?.person === actor.id);
  }
}

const isHuman = (actor: Actor, role: 'marketing' | 'sales'): boolean => actor.kind === 'human' && actor.role === role;

/** The person itself while in the team, or any member where the team or its queue is the owner. */
const owns = (owner: Owner | undefined, { actor, teams }: LeadFacts): boolean =>
  owner !== undefined &&
  isMember(teams.get(owner.team), actor.id) &&
  (owner.person === undefined || owner.person === actor.id);
