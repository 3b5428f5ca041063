import type { LeadState } from '../lead-lifecycle/lead-state.js';
import { isMember, type Teams } from '../lead-lifecycle/lead-facts.js';
import type { Sender } from './caller.js';

const READ_ALL = ['service', 'import', 'analyst', 'auditor', 'privacy', 'rule'] as const;

export const readsAll = ({ roles }: Sender): boolean =>
  roles.some((role) => (READ_ALL as readonly string[]).includes(role));

/**
 * Whether a lead exists for a caller: for the marketing team that stewards it, for a sales team that is offered it or
 * works or worked it, and for roles that read all. For everybody else it does not (404).
 */
export function mayRead(state: LeadState, sender: Sender, teams: Teams): boolean {
  if (readsAll(sender)) return true;
  const belongs = (team: string | undefined): boolean =>
    team !== undefined && isMember(teams.get(team), sender.subject);
  if (sender.roles.includes('marketing') && belongs(state.steward?.team)) return true;
  return sender.roles.includes('sales') && [state.offeree?.team, ...state.workedBy].some(belongs);
}

/** Analysts and auditors see what happened, never whom it happened to. */
export const mayReadPersonal = ({ roles }: Sender): boolean =>
  roles.some((role) => ['marketing', 'sales', 'service', 'privacy'].includes(role));
