import type { JsonObject } from '../decider/json.js';
import type { BatonApi } from './baton-api.js';
import { importKey } from './import-key.js';
import type { TeamMapping } from './mapping.js';

/** Why an import cannot begin: what it is to be written for is not there or is something else. */
export class TeamsRefused extends Error {
  override name = 'TeamsRefused';
}

/** People by team id. */
export type People = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Makes the teams that an import needs, with the people that its rows name. A team that is there already is used as it
 * is, whatever it is called.
 *
 * @throws TeamsRefused where a team is of the other kind or Baton refuses it, ApiFault
 */
export async function prepareTeams(
  api: BatonApi,
  system: string,
  teams: readonly TeamMapping[],
  people: People,
): Promise<void> {
  const there = await teamsThere(api);
  for (const { id, kind, name } of teams) {
    const known = there.get(id);
    if (known && known['kind'] !== kind) throw new TeamsRefused(`team ${id} is no ${kind} team`);
    if (!known) await done(api, `/teams/${id}/form`, { kind, name }, importKey(system, id, 'form'));
  }
  for (const [id, persons] of people) {
    const members = there.get(id)?.['members'];
    const joined = new Set(Array.isArray(members) ? (members as readonly string[]) : []);
    for (const person of persons) {
      if (joined.has(person)) continue;
      await done(api, `/teams/${id}/join`, { person }, importKey(system, id, `join:${person}`));
    }
  }
}

async function teamsThere(api: BatonApi): Promise<ReadonlyMap<string, JsonObject>> {
  const answer = await api.get('/teams');
  if (!answer.ok) throw new TeamsRefused(`the teams cannot be read: ${answer.problem.detail}`);
  const teams = answer.body['teams'] as readonly (JsonObject & { readonly id: string })[];
  return new Map(teams.map((team) => [team.id, team]));
}

async function done(api: BatonApi, path: string, body: object, key: string): Promise<void> {
  const answer = await api.post(path, body, key);
  if (!answer.ok) throw new TeamsRefused(`POST ${path}: ${answer.problem.detail}`);
}
