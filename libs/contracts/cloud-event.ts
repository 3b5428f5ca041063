import type { JsonObject } from '../decider/json.js';
import { MOST_EVENT_BYTES, type RecordedEvent } from '../event-store/event-store.js';
import { isUuid } from '../ids/uuid.js';
import { recordKey } from './topics.js';

/*
 * A recorded event as a CloudEvent 1.0 in Kafka's binary mode:
 *
 *   key    the stream's (`recordKey`)
 *   value  {"data": …, "metadata": …}, as the store has them: the metadata's `actor` and `change` are objects, for which
 *          CloudEvents has no type, and hashes are taken over both
 *   headers  content-type     application/json
 *            ce_specversion   1.0
 *            ce_id            the event's id (UUID)
 *            ce_source        urn:baton:event-store
 *            ce_type          type with version: `LeadScored.v1`
 *            ce_subject       the stream
 *            ce_time          the metadata's `recordedAt`, where it has one
 *            ce_dataschema    urn:baton:schema:<type>, the schema of the value
 *            ce_revision      extension: the event's revision in its stream, from 0 without a gap (Integer)
 *            ce_position      extension: its place in the store's commit order (String, opaque)
 *
 * Consumers may meet further headers, such as `traceparent`. Personal data is only in `data.pii`, sealed.
 */

export const CLOUD_EVENT_SOURCE = 'urn:baton:event-store';
const CONTENT_TYPE = 'application/json';
const SPEC_VERSION = '1.0';

/** The URI of a stored type's schema. */
export const schemaUri = (type: string): string => `urn:baton:schema:${type}`;

/** A record to be sent. */
export interface KafkaRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

type HeaderValue = Uint8Array | string;

/** A record as Kafka's clients hand it out. */
export interface ReceivedRecord {
  readonly key: HeaderValue | null;
  readonly value: HeaderValue | null;
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
}

/** What the value parses to. */
export interface CloudEventValue {
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

/** A record is none of ours. The message names header and rule, never what stands there. */
export class NoCloudEvent extends Error {
  override name = 'NoCloudEvent';
  readonly disclosable = true;
  constructor(problem: string) {
    super(`the record is no CloudEvent of Baton: ${problem}`);
  }
}

/** The attributes of an event, whatever the value says of it. */
export function cloudEventHeaders(event: RecordedEvent, dataschema: string): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': CONTENT_TYPE,
    ce_specversion: SPEC_VERSION,
    ce_id: event.id,
    ce_source: CLOUD_EVENT_SOURCE,
    ce_type: event.type,
    ce_subject: event.stream,
    ce_dataschema: dataschema,
    ce_revision: String(event.revision),
    ce_position: event.position,
  };
  const { recordedAt } = event.metadata;
  if (typeof recordedAt === 'string') headers.ce_time = recordedAt;
  return headers;
}

export function encodeCloudEvent(event: RecordedEvent): KafkaRecord {
  const { data, metadata } = event;
  return {
    key: recordKey(event.stream),
    value: JSON.stringify({ data, metadata } satisfies CloudEventValue),
    headers: cloudEventHeaders(event, schemaUri(event.type)),
  };
}

/** @throws NoCloudEvent for what `encodeCloudEvent` would not have made; headers of others are let pass */
export function decodeCloudEvent(record: ReceivedRecord): RecordedEvent {
  const attributes = cloudEventAttributes(record);
  if (attributes.dataschema !== schemaUri(attributes.type))
    throw new NoCloudEvent('ce_dataschema is not that of ce_type');
  const { data, metadata } = parsedValue(record.value);
  if (!isObject(data)) throw new NoCloudEvent('the value has no object `data`');
  if (!isObject(metadata)) throw new NoCloudEvent('the value has no object `metadata`');
  const { id, type, stream, revision, position, time } = attributes;
  if (time !== metadata.recordedAt && (time !== undefined || typeof metadata.recordedAt === 'string')) {
    throw new NoCloudEvent('ce_time is not the time at which the event was recorded');
  }
  return { id, type, data, metadata, stream, revision, position };
}

export interface CloudEventAttributes {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly time: string | undefined;
  readonly dataschema: string;
}

const TYPE = /^[A-Za-z][A-Za-z0-9_.-]{0,199}$/;
const STREAM = /^[a-z]+-[A-Za-z0-9_.:-]{1,200}$/;
const REVISION = /^(0|[1-9]\d{0,9})$/;
/** CloudEvents' Integer is a signed 32-bit number. */
const MOST_REVISION = 2 ** 31 - 1;
const POSITION = /^[\x21-\x7e]{1,100}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/**
 * Headers and key, checked.
 *
 * @throws NoCloudEvent
 */
export function cloudEventAttributes({ key, headers = {} }: ReceivedRecord): CloudEventAttributes {
  const read = (name: string): string | undefined => {
    const value = headers[name];
    if (value === undefined || typeof value === 'string') return value;
    if (Array.isArray(value)) throw new NoCloudEvent(`header ${name} is there more than once`);
    return textOf(value as Uint8Array);
  };
  const required = (name: string, isValid: (value: string) => boolean): string => {
    const value = read(name);
    if (value === undefined) throw new NoCloudEvent(`header ${name} is missing`);
    if (!isValid(value)) throw new NoCloudEvent(`header ${name} is not as it must be`);
    return value;
  };
  required('ce_specversion', (value) => value === SPEC_VERSION);
  required('content-type', (value) => value === CONTENT_TYPE);
  required('ce_source', (value) => value === CLOUD_EVENT_SOURCE);
  const stream = required('ce_subject', (value) => STREAM.test(value));
  if (key === null || textOf(key) !== recordKey(stream)) throw new NoCloudEvent('the key is not that of ce_subject');
  const time = read('ce_time');
  if (time !== undefined && !TIME.test(time)) throw new NoCloudEvent('header ce_time is not as it must be');
  return {
    id: required('ce_id', isUuid),
    type: required('ce_type', (value) => TYPE.test(value)),
    stream,
    revision: Number(required('ce_revision', (value) => REVISION.test(value) && Number(value) <= MOST_REVISION)),
    position: required('ce_position', (value) => POSITION.test(value)),
    time,
    dataschema: required('ce_dataschema', (value) => value.length <= 300),
  };
}

/** Characters that JSON puts around data and metadata. */
const FRAME_BYTES = '{"data":,"metadata":}'.length;

/** @throws NoCloudEvent where the value is too large or no JSON object */
export function parsedValue(value: HeaderValue | null): Readonly<Record<string, unknown>> {
  if (value === null) throw new NoCloudEvent('it has no value');
  if (value.length > MOST_EVENT_BYTES + FRAME_BYTES) {
    throw new NoCloudEvent(`the value is longer than ${MOST_EVENT_BYTES + FRAME_BYTES} bytes`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(textOf(value));
  } catch {
    throw new NoCloudEvent('the value is not JSON');
  }
  if (!isObject(parsed)) throw new NoCloudEvent('the value is no JSON object');
  return parsed;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(value: HeaderValue): string {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString() : Buffer.from(value).toString();
}
