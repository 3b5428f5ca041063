import { canonicalHash } from '../canonical-json/canonical-json.js';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import {
  cloudEventAttributes,
  cloudEventHeaders,
  isObject,
  NoCloudEvent,
  parsedValue,
  type CloudEventAttributes,
  type KafkaRecord,
  type ReceivedRecord,
} from './cloud-event.js';
import { recordKey } from './topics.js';

/*
 * What the trail seals of an event, on a topic of one partition in commit order: the event's own CloudEvent attributes,
 * but the value is {"dataHash": …, "metadata": …}, so that whoever seals and audits holds no payload, sealed or open.
 */

const TRAIL_SCHEMA = 'urn:baton:schema:trail.v1';
const SHA256_HEX = /^[0-9a-f]{64}$/;

export interface TrailRecord extends Omit<CloudEventAttributes, 'dataschema' | 'time'> {
  /** lower-case hex SHA-256 of the JCS of the event's data */
  readonly dataHash: string;
  readonly metadata: JsonObject;
}

/** @throws RangeError for data nested deeper than 64 levels, which no store takes */
export function encodeTrailRecord(event: RecordedEvent): KafkaRecord {
  return {
    key: recordKey(event.stream),
    value: JSON.stringify({ dataHash: canonicalHash(event.data), metadata: event.metadata }),
    headers: cloudEventHeaders(event, TRAIL_SCHEMA),
  };
}

/** @throws NoCloudEvent */
export function decodeTrailRecord(record: ReceivedRecord): TrailRecord {
  const { id, type, stream, revision, position, dataschema } = cloudEventAttributes(record);
  if (dataschema !== TRAIL_SCHEMA) throw new NoCloudEvent('ce_dataschema is not that of the trail');
  const { dataHash, metadata } = parsedValue(record.value);
  if (typeof dataHash !== 'string' || !SHA256_HEX.test(dataHash)) throw new NoCloudEvent('the value has no `dataHash`');
  if (!isObject(metadata)) throw new NoCloudEvent('the value has no object `metadata`');
  return { id, type, stream, revision, position, dataHash, metadata };
}
