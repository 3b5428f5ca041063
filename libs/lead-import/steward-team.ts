import { TEAM_ID_PATTERN } from '../agreements/team.js';
import type { Mapping } from './mapping.js';
import { MappingRefused } from './mapping-text.js';

/**
 * The mapping with another stewarding team, which is made where there is none of that id.
 *
 * @throws MappingRefused where the id cannot be a team's
 */
export function stewardedBy<Kind extends Mapping>(mapping: Kind, team: string): Kind {
  if (!TEAM_ID_PATTERN.test(team)) throw new MappingRefused('the stewarding team must be the id of a team');
  const others = (mapping.teams ?? []).filter(({ id }) => id !== mapping.steward.team && id !== team);
  const teams = [...others, { id: team, kind: 'marketing', name: team }];
  return { ...mapping, teams, steward: { ...mapping.steward, team } };
}
