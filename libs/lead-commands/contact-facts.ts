import type { JsonObject } from '../decider/json.js';

/**
 * An event's data without the facts that were read from the contact's stream. The revision that they name tells a team
 * that shares the contact with another how much happened on it.
 */
export function withoutContactFacts(data: JsonObject): JsonObject {
  const { facts } = data;
  if (!Array.isArray(facts)) return data;
  const kept = facts.filter((fact) => (fact as { name?: unknown }).name !== 'contact');
  return kept.length === facts.length ? data : { ...data, facts: kept };
}
