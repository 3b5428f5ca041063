import type { JsonObject } from '../decider/json.js';
import { storedAs, type RecordShape } from './event-form.js';
import { CURRENT_FORMS } from './event-forms.js';
import { EventShapeFault } from './event-shape-fault.js';

const SHAPES: ReadonlyMap<string, RecordShape> = new Map(CURRENT_FORMS.map((form) => [storedAs(form), form.data]));

/**
 * The stored form of an event's payload that holds nothing personal: of teams, policies, agreements and contacts.
 *
 * @param draft its type with version
 * @throws EventShapeFault naming the path and the rule, never the value
 */
export function encodePayload(draft: { readonly type: string; readonly data: object }): JsonObject {
  const shape = SHAPES.get(draft.type);
  const problem = shape === undefined ? ': is no type that is written' : shape.check(draft.data, '');
  if (problem !== undefined) throw new EventShapeFault(`${draft.type} ${problem}`);
  return draft.data as JsonObject;
}
