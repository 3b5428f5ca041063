import type { Json, JsonObject } from '../decider/json.js';
import { anyBase64url, base64url, integer, oneOf, optional, record } from '../shape/shape.js';
import { schemaUri } from './cloud-event.js';
import { storedAs, type EventForm } from './event-form.js';
import { ALL_FORMS } from './event-forms.js';
import { decisionMetadata, eventMetadata } from './event-metadata-shape.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The sealed part as it stands in `data.pii`: ciphertext under the contact's key, gone with that key. */
const envelope = record({
  alg: oneOf('lead-pii/v1'),
  dek: integer(1, Number.MAX_SAFE_INTEGER),
  iv: base64url(12),
  ct: anyBase64url,
  tag: base64url(16),
  kc: base64url(32),
});
const nonce = { nonce: base64url(16) };

/** Shapes that events share; events point to them by `$ref`. */
const METADATA = { 'event-metadata.v1': eventMetadata, 'decision-metadata.v1': decisionMetadata };

/**
 * The JSON Schemas (2020-12) of all that is published, by name: one for each version of each event type, of the value
 * that a record of that type has (`{data, metadata}`), and one for each kind of metadata. They are open: a version may
 * get further optional members, which a reader passes over; the writer's own check lets none through that is not there.
 */
export function eventSchemas(): ReadonlyMap<string, JsonObject> {
  const metadata = Object.entries(METADATA).map(([name, { schema }]): [string, JsonObject] => [
    name,
    { $schema: DIALECT, $id: schemaUri(name), title: name, ...opened(schema) },
  ]);
  return new Map([...metadata, ...ALL_FORMS.map((form): [string, JsonObject] => [storedAs(form), schemaOf(form)])]);
}

function schemaOf(form: EventForm): JsonObject {
  const type = storedAs(form);
  const sealed = form.personal ? { pii: optional(envelope) } : {};
  const data = opened(record({ ...nonce, ...form.data.fields, ...sealed }).schema);
  return {
    $schema: DIALECT,
    $id: schemaUri(type),
    title: type,
    description: `An event of a stream ${form.category}-<id>.`,
    type: 'object',
    required: ['data', 'metadata'],
    properties: {
      data: form.personal ? withSealed(data, form.personal.schema) : data,
      metadata: { $ref: schemaUri(`${form.metadata}.v1`) },
    },
  };
}

/** What `pii` holds when it is opened: for those who must know which fields are personal, not for those who read it. */
function withSealed(data: JsonObject, personal: JsonObject): JsonObject {
  const properties = data['properties'] as Readonly<Record<string, JsonObject>>;
  const pii = {
    description: 'Personal data, sealed; opened by GET /leads/{id}/contact alone.',
    ...properties['pii'],
    'x-sealed': opened(personal),
  };
  return { ...data, properties: { ...properties, pii } };
}

/** Without `additionalProperties: false`, at every depth. */
function opened(schema: JsonObject): JsonObject {
  const open = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(open);
    if (value === null || typeof value !== 'object') return value;
    return opened(value as JsonObject);
  };
  const kept = Object.entries(schema).filter(([key, value]) => key !== 'additionalProperties' && value !== undefined);
  return Object.fromEntries(kept.map(([key, value]) => [key, open(value as Json)]));
}
