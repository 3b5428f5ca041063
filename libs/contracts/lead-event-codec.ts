import type { JsonObject } from '../decider/json.js';
import { LEAD_EVENTS, type LeadEvent, type LeadEventType } from '../lead-lifecycle/lead-events.js';
import { metadataOf } from './event-metadata.js';
import { EventShapeFault } from './event-shape-fault.js';
import { eventVersions, storedType } from './event-type.js';

export interface EncodedPayload {
  /** type with version */
  readonly type: string;
  /** without nonce and envelope, which the writer adds */
  readonly data: JsonObject;
  readonly personal: JsonObject | undefined;
}

/**
 * The stored form of a lead event's payload.
 *
 * @throws EventShapeFault naming the path and the rule, never the value
 */
export function encodeLeadPayload(draft: {
  readonly type: LeadEventType;
  readonly data: object;
  readonly personal?: object;
}): EncodedPayload {
  const shapes = LEAD_EVENTS[draft.type];
  const problem = shapes.open.check(draft.data, '') ?? shapes.personal.check(draft.personal ?? {}, '/personal');
  if (problem !== undefined) throw new EventShapeFault(`${draft.type} ${problem}`);
  return {
    type: storedType(draft.type),
    data: draft.data as JsonObject,
    personal: draft.personal as JsonObject | undefined,
  };
}

/**
 * A stored event as the fold reads it, whichever version it was written in; undefined where its type or version is none
 * that this program knows.
 */
export function decodeLeadEvent(event: {
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}): LeadEvent | undefined {
  const read = eventVersions.read(event);
  if (read === undefined || !Object.hasOwn(LEAD_EVENTS, read.name)) return undefined;
  return { type: read.name, data: read.data, meta: metadataOf(event) } as unknown as LeadEvent;
}

/** The fields of an event type that stand only in its sealed part. */
export const personalFieldsOf = (type: LeadEventType): readonly string[] =>
  Object.keys(LEAD_EVENTS[type].personal.fields);
