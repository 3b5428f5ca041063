import type { ResolvedEvent } from '@eventstore/db-client';
import type { JsonObject } from '../../decider/json.js';
import type { RecordedEvent } from '../event-store.js';
import { positionText } from './position.js';
import type { StreamNames } from './stream-names.js';

/**
 * Type under which an event is handed on whose bytes are no JSON objects: somebody else wrote it into one of our
 * streams. No projection knows the type, so that stream is parked and all others flow.
 */
export const UNREADABLE = 'Unreadable.v0';

/** The port's form of an event from `$all`, or undefined where it is none of ours. */
export function ourEvent(resolved: ResolvedEvent, names: StreamNames): RecordedEvent | undefined {
  const { event } = resolved;
  if (event === undefined) return undefined;
  const stream = names.ours(event.streamId);
  if (stream === undefined) return undefined;
  const { id, type, data, metadata } = event;
  const place = { id, stream, revision: Number(event.revision), position: positionText(event.position) };
  if (!event.isJson || !isObject(data) || !isObject(metadata ?? {}))
    return { ...place, type: UNREADABLE, data: { type }, metadata: {} };
  return { ...place, type, data: data as JsonObject, metadata: (metadata ?? {}) as JsonObject };
}

/** The client hands malformed JSON out as text, and other bytes as they are. */
const isObject = (value: unknown): boolean =>
  Object.prototype.toString.call(value) === '[object Object]' && !ArrayBuffer.isView(value);
