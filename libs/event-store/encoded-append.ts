import {
  AppendTooLarge,
  EventTooLarge,
  MOST_APPEND_BYTES,
  MOST_EVENT_BYTES,
  MOST_EVENTS_PER_APPEND,
  type ExpectedRevision,
  type NewEvent,
} from './event-store.js';
import { isUuid } from '../ids/uuid.js';
import { assertJson } from './json-check.js';
import { ReadyEvent } from './ready-event.js';

/** An event as a store keeps it. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  /** JSON text of `{data, metadata}`: one text is faster to make, to hand over and to parse than two */
  readonly body: string;
}

/** What `body` parses to. */
export type EventBody = Pick<NewEvent, 'data' | 'metadata'>;

/** A checked append. `expected` is a number throughout: -1 where the stream must not exist. */
export interface EncodedAppend {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly EncodedEvent[];
  /** UTF-8 bytes of all bodies */
  readonly bytes: number;
}

/** What the body has beside the JSON of data and metadata, whose bytes are limited. */
const FRAME_BYTES = '{"data":,"metadata":}'.length;
const STREAM_NAME = /^[a-z]+-[A-Za-z0-9_.:-]{1,200}$/;
const EVENT_TYPE = /^[A-Za-z][A-Za-z0-9_.-]{0,199}$/;

/**
 * Checks and serialises an append before anything of it is sent, so that later changes by the caller cannot reach
 * the store.
 *
 * @throws TypeError for a bad stream name, revision, id, type or a value that is not JSON
 * @throws RangeError over 1,000 events
 * @throws EventTooLarge over 512 KiB of data and metadata in one event
 * @throws AppendTooLarge over 1 MiB of all events
 */
export function encodeAppend(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): EncodedAppend {
  assertStreamName(stream);
  if (expected !== 'no-stream' && !(Number.isSafeInteger(expected) && expected >= 0))
    throw new TypeError("the expected revision is a whole number from 0 or 'no-stream'");
  if (events.length > MOST_EVENTS_PER_APPEND)
    throw new RangeError(`${events.length} events in one append; the limit is ${MOST_EVENTS_PER_APPEND}`);
  let bytes = 0;
  let counted = 0;
  const encoded: EncodedEvent[] = [];
  for (const event of events) {
    const one = encodeEvent(event);
    const bodyBytes = Buffer.byteLength(one.body);
    const size = bodyBytes - FRAME_BYTES;
    if (size > MOST_EVENT_BYTES) throw new EventTooLarge(one.type, size, MOST_EVENT_BYTES);
    bytes += bodyBytes;
    counted += size + 2 * one.type.length;
    encoded.push(one);
  }
  if (counted > MOST_APPEND_BYTES) throw new AppendTooLarge(counted, MOST_APPEND_BYTES);
  return { stream, expected: expected === 'no-stream' ? -1 : expected, events: encoded, bytes };
}

/** Whether a name is `category-id`, and a type one that an event may have. */
export const isStreamName = (text: string): boolean => STREAM_NAME.test(text);
export const isEventType = (text: string): boolean => EVENT_TYPE.test(text);

/** @throws TypeError where the name is not `category-id` */
export function assertStreamName(stream: string): void {
  // The name is not repeated: a caller may have put anything into it.
  if (!STREAM_NAME.test(stream)) throw new TypeError(`a stream name must match ${STREAM_NAME.source}`);
}

function encodeEvent(event: NewEvent): EncodedEvent {
  const { id, type } = event;
  if (!isUuid(id)) throw new TypeError('an event id is a lower-case UUID');
  if (!EVENT_TYPE.test(type)) throw new TypeError(`an event type must match ${EVENT_TYPE.source}`);
  return { id, type, body: event instanceof ReadyEvent ? bodyOfTexts(event) : bodyOf(event) };
}

const bodyOfTexts = ({ texts: { data, metadata } }: ReadyEvent): string => `{"data":${data},"metadata":${metadata}}`;

function bodyOf({ type, data, metadata }: NewEvent): string {
  assertJsonObject(data, type, 'data');
  assertJsonObject(metadata, type, 'metadata');
  return JSON.stringify({ data, metadata } satisfies EventBody);
}

function assertJsonObject(value: unknown, type: string, part: keyof EventBody): void {
  const where = `${type} ${part}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${where} is not a JSON object`);
  assertJson(value, where);
}
