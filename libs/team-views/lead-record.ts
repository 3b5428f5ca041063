import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { eventVersions } from '../contracts/event-type.js';
import {
  LEAD_EVENTS,
  type LeadEventData,
  type LeadEventMeta,
  type LeadEventType,
} from '../lead-lifecycle/lead-events.js';

/** An event of a lead as the views fold it: what the lifecycle knows of it, and where it stands. */
export type LeadRecord = {
  [T in LeadEventType]: {
    readonly type: T;
    /** as stored: `LeadCreated.v1` */
    readonly storedType: string;
    readonly data: LeadEventData<T>;
    readonly meta: LeadEventMeta;
    readonly id: string;
    readonly lead: string;
    readonly revision: number;
    /** the sealed personal part, where there is one */
    readonly pii: JsonObject | undefined;
  };
}[LeadEventType];

export const LEAD_CATEGORY = 'lead';

/** The type behind a stored one; undefined for a type or version that the views do not know. */
export function leadEventType(storedType: string): LeadEventType | undefined {
  const name = eventVersions.nameOf(storedType);
  return name !== undefined && Object.hasOwn(LEAD_EVENTS, name) ? (name as LeadEventType) : undefined;
}

/**
 * Whichever version it was written in.
 *
 * @throws TypeError for a type that `leadEventType` does not know, or metadata that no lead event has
 */
export function readLeadRecord(event: RecordedEvent): LeadRecord {
  const type = leadEventType(event.type);
  const read = eventVersions.read(event);
  const meta = event.metadata as unknown as LeadEventMeta;
  if (type === undefined || !read || typeof meta.recordedAt !== 'string' || typeof meta.actor?.id !== 'string') {
    throw new TypeError('not an event of a lead');
  }
  return {
    type,
    storedType: event.type,
    data: read.data,
    meta,
    id: event.id,
    lead: event.stream.slice(LEAD_CATEGORY.length + 1),
    revision: event.revision,
    pii: event.data.pii as JsonObject | undefined,
  } as unknown as LeadRecord;
}
