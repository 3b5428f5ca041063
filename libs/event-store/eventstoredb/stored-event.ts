import type { ResolvedEvent } from '@eventstore/db-client';
import type { JsonObject } from '../../decider/json.js';
import { isEventType } from '../encoded-append.js';
import { MOST_EVENT_BYTES, type RecordedEvent } from '../event-store.js';
import { MOST_JSON_DEPTH } from '../json-check.js';
import { positionText } from './position.js';
import type { StreamNames } from './stream-names.js';

/**
 * Type under which an event is handed on that the port would never have taken: no JSON objects, nested too deep, too
 * large, of a type or a time that is none. Somebody else wrote it into one of our streams. No fold and no projection
 * knows the type: no command is decided on that stream, views park it, and all others flow.
 */
export const UNREADABLE = 'Unreadable.v0';

const LONGEST_TYPE = 200;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
/** A character becomes six where JSON escapes it; a number has at most 25, with what stands around it. */
const MOST_BYTES_EACH = 6;
const VALUE_CHARACTERS = 5;

/** The port's form of an event from `$all`, or undefined where it is none of ours. */
export function ourEvent(resolved: ResolvedEvent, names: StreamNames): RecordedEvent | undefined {
  const { event } = resolved;
  if (event === undefined) return undefined;
  const stream = names.ours(event.streamId);
  if (stream === undefined) return undefined;
  const { id, type, data, metadata } = event;
  const place = { id, stream, revision: Number(event.revision), position: positionText(event.position) };
  if (!event.isJson || !isEventType(type) || !isOfOurForm(data) || !isOfOurForm(metadata ?? {}))
    return { ...place, type: UNREADABLE, data: { type: type.slice(0, LONGEST_TYPE) }, metadata: {} };
  const ours = { ...place, type, data: data as JsonObject, metadata: (metadata ?? {}) as JsonObject };
  const { recordedAt } = ours.metadata;
  if (typeof recordedAt === 'string' && !TIME.test(recordedAt))
    return { ...place, type: UNREADABLE, data: { type }, metadata: {} };
  return ours;
}

/** A JSON object as the port takes them. */
function isOfOurForm(value: unknown): boolean {
  if (!isObject(value)) return false;
  const size = leastSize(value, 0);
  // No character and no value takes more than so many times its share: only what may be too large is written out.
  return (
    size * MOST_BYTES_EACH <= MOST_EVENT_BYTES ||
    (Number.isFinite(size) && Buffer.byteLength(JSON.stringify(value)) <= MOST_EVENT_BYTES)
  );
}

/** Characters of all texts, and some for each value; without end where it is nested too deep. */
function leastSize(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return VALUE_CHARACTERS;
  if (depth >= MOST_JSON_DEPTH) return Infinity;
  let size = VALUE_CHARACTERS;
  if (Array.isArray(value)) for (const one of value) size += leastSize(one, depth + 1);
  else for (const key in value) size += key.length + 1 + leastSize(value[key as keyof typeof value], depth + 1);
  return size;
}

/** The client hands malformed JSON out as text, and other bytes as they are. */
const isObject = (value: unknown): boolean =>
  Object.prototype.toString.call(value) === '[object Object]' && !ArrayBuffer.isView(value);
