import type { JsonObject } from '../decider/json.js';
import { ApiFault, type BatonApi } from './baton-api.js';

export interface FoundLead {
  readonly id: string;
  /** ISO 8601 UTC, when it came in */
  readonly createdAt: string;
}

/**
 * The leads that another system knows by this id, oldest first.
 *
 * @throws ApiFault
 */
export async function leadsByExternalId(api: BatonApi, system: string, id: string): Promise<readonly FoundLead[]> {
  const query = new URLSearchParams({ externalSystem: system, externalId: id });
  const answer = await api.get(`/leads?${query.toString()}`);
  if (!answer.ok) throw new ApiFault('unreachable', `leads cannot be looked up: ${answer.problem.detail}`);
  const cards = answer.body['leads'] as readonly (JsonObject & { readonly lead: string; readonly createdAt: string })[];
  return cards.map(({ lead, createdAt }) => ({ id: lead, createdAt }));
}
