import type { EventMetadata } from '../contracts/event-metadata.js';
import { eventVersions } from '../contracts/event-type.js';
import type { JsonObject } from '../decider/json.js';
import { LEAD_EVENTS, type LeadEventData, type LeadEventType } from '../lead-lifecycle/lead-events.js';

/** Where an event stands: every lead's revisions count from 0 without a gap. */
export interface EventPlace {
  readonly lead: string;
  readonly revision: number;
}

/** Told apart by `type`; its data is as the newest version of the type has it, whichever it was written in. */
export type LeadEvent = {
  [T in LeadEventType]: EventPlace & {
    readonly type: T;
    readonly id: string;
    readonly data: LeadEventData<T>;
    /** without `bodyMac` where it came over the live feed */
    readonly metadata: Omit<EventMetadata, 'bodyMac'>;
  };
}[LeadEventType];

/** An event of a type or version that this library is too old for. */
export interface UnknownLeadEvent extends EventPlace {
  readonly type: undefined;
  readonly storedType: string;
}

/** An event as both ways bring it. */
export interface ReceivedEvent {
  readonly id: string;
  /** type with version */
  readonly type: string;
  /** the stream: `lead-<id>` */
  readonly stream: string;
  readonly revision: number;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

const LEAD = 'lead-';

/** @throws TypeError where it is not of a lead's stream */
export function leadEventOf({
  id,
  type,
  stream,
  revision,
  data,
  metadata,
}: ReceivedEvent): LeadEvent | UnknownLeadEvent {
  if (!stream.startsWith(LEAD)) throw new TypeError('not an event of a lead');
  const place = { lead: stream.slice(LEAD.length), revision };
  const read = eventVersions.read({ type, data });
  if (!read || !Object.hasOwn(LEAD_EVENTS, read.name)) return { ...place, type: undefined, storedType: type };
  const { nonce: _nonce, pii: _pii, ...open } = read.data;
  return { ...place, type: read.name, id, data: open, metadata } as unknown as LeadEvent;
}
