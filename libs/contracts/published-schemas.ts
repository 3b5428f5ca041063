import type { JsonObject } from '../decider/json.js';
import { breakingChanges } from './schema-changes.js';

export type Schemas = ReadonlyMap<string, JsonObject>;

export interface ContractCheck {
  /** one line each, naming the version, the place and the rule; to be mended by a new version of the type */
  readonly refused: readonly string[];
  /** names of schemas that are new or got further optional members: to be published */
  readonly unpublished: readonly string[];
}

/** Holds what the code writes now against what was published. */
export function checkContracts(published: Schemas, generated: Schemas): ContractCheck {
  const refused = [...published].flatMap(([name, before]) => {
    const after = generated.get(name);
    if (after === undefined) return [`${name}: was published and is gone; old logs hold it`];
    return breakingChanges(before, after).map(({ at, rule }) => `${name} ${at}: ${rule}`);
  });
  const unpublished = [...generated]
    .filter(([name, schema]) => JSON.stringify(published.get(name)) !== JSON.stringify(schema))
    .map(([name]) => name);
  return { refused, unpublished };
}
