import type { TeamState } from '../agreements/team.js';
import type { HeldRow } from './leaf-index-tables.js';

/** The teams whose members a caller is among, by the token's roles. */
export type OwnTeams = readonly Pick<TeamState, 'id' | 'kind'>[];

/**
 * Whether one of the teams may read a lead: the marketing team that stewards it now, a sales team that is offered it now
 * or works it or ever worked it. The rule of the views, by what the leaves say.
 */
export function isInSight(held: readonly Pick<HeldRow, 'role' | 'team' | 'until'>[], teams: OwnTeams): boolean {
  return held.some(({ role, team, until }) =>
    teams.some(({ id, kind }) => {
      if (id !== team) return false;
      if (kind === 'marketing') return role === 'steward' && until === null;
      return role === 'worker' || (role === 'offeree' && until === null);
    }),
  );
}
