import type { TeamState } from '../agreements/team.js';
import type { TokenRole } from '../decider/decision.js';
import type { Audience } from './audience.js';

/** Whose leads a caller sees: all, or those of these teams. */
export type Sight =
  | { readonly all: true }
  | { readonly all?: never; readonly marketing: readonly string[]; readonly sales: readonly string[] };

const READ_ALL: readonly TokenRole[] = ['service', 'import', 'analyst', 'auditor', 'privacy'];

/** Undefined for callers who read no leads at all; `teams` are those that the caller belongs to now. */
export function sightOf(roles: readonly TokenRole[], teams: readonly TeamState[]): Sight | undefined {
  if (roles.some((role) => READ_ALL.includes(role))) return { all: true };
  const ids = (kind: TeamState['kind']): readonly string[] =>
    roles.includes(kind) ? teams.filter((team) => team.kind === kind).map(({ id }) => id) : [];
  if (!roles.includes('marketing') && !roles.includes('sales')) return undefined;
  return { marketing: ids('marketing').toSorted(), sales: ids('sales').toSorted() };
}

/** Whether a lead with this audience exists for the caller. */
export function sees(sight: Sight, { steward, offeree, workedBy }: Audience): boolean {
  if (sight.all) return true;
  if (steward !== undefined && sight.marketing.includes(steward)) return true;
  return [offeree, ...workedBy].some((team) => team !== undefined && sight.sales.includes(team));
}

export const sameSight = (a: Sight | undefined, b: Sight | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
