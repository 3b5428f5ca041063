import type { JsonObject } from '../decider/json.js';
import { CLOUD_EVENT_SOURCE, schemaUri } from './cloud-event.js';
import { storedAs, type EventForm } from './event-form.js';
import { ALL_FORMS } from './event-forms.js';
import { eventSchemas } from './event-schemas.js';
import { DEFAULT_TOPICS } from './topics.js';

const VERSION = '1';
const HEADERS = 'cloud-event-headers';
/** Names in `components` may hold no `$` and the like; stored types and schema names hold none. */
const schemaRef = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const messageRef = (form: EventForm): JsonObject => ({ $ref: `#/components/messages/${storedAs(form)}` });

interface Channel {
  readonly id: string;
  readonly topic: string;
  readonly title: string;
  readonly description: string;
  readonly key: string;
  readonly forms: readonly EventForm[];
}

const DELIVERY =
  'Written in transactions: read with isolation level read_committed. A record may come again after a restart of the ' +
  'reader: drop what has a `ce_revision` that was seen; a revision left out is a gap. The number of partitions of a ' +
  'topic never changes: another number is another version of the topic, filled from the start of history. Kept for ever.';

const CHANNELS: readonly Channel[] = [
  {
    id: 'leadEvents',
    topic: DEFAULT_TOPICS.leadEvents,
    title: 'Everything that happens to leads, and who did it.',
    description: `All events of a lead are in one partition, in their order; leads among each other have none. ${DELIVERY}`,
    key: "The lead's id.",
    forms: ALL_FORMS.filter(({ category }) => category === 'lead'),
  },
  {
    id: 'referenceEvents',
    topic: DEFAULT_TOPICS.referenceEvents,
    title: 'Teams, agreements, policies, contacts (without personal data) and operators’ decisions.',
    description: `All events of a stream are in one partition, in their order; streams among each other have none. ${DELIVERY}`,
    key: "The stream's name.",
    forms: ALL_FORMS.filter(({ category }) => category !== 'lead'),
  },
];

/** AsyncAPI 3.0 of the Kafka topics that services read, complete in itself. */
export function asyncApi(): JsonObject {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Baton events',
      version: VERSION,
      description:
        'The events of leads and of what they are decided by, as CloudEvents 1.0 in Kafka binary mode. A published ' +
        'version of a type only ever gets further optional members, which readers pass over; anything else is a new ' +
        'version. Personal data stands in `data.pii` alone, sealed: ask GET /leads/{id}/contact.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(CHANNELS.map((channel) => [channel.id, channelOf(channel)])),
    operations: Object.fromEntries(CHANNELS.map((channel) => [`${channel.id}Relayed`, operationOf(channel)])),
    components: {
      messages: Object.fromEntries(CHANNELS.flatMap(({ key, forms }) => forms.map((form) => messageOf(form, key)))),
      schemas: {
        [HEADERS]: cloudEventHeaders(),
        ...Object.fromEntries([...eventSchemas()].map(([name, schema]) => [name, componentOf(schema)])),
      },
    },
  };
}

const channelOf = ({ topic, title, description, forms }: Channel): JsonObject => ({
  address: topic,
  title,
  description,
  messages: Object.fromEntries(forms.map((form) => [storedAs(form), messageRef(form)])),
  bindings: {
    kafka: {
      topic,
      topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1 },
      bindingVersion: '0.5.0',
    },
  },
});

const operationOf = ({ id, title }: Channel): JsonObject => ({
  action: 'send',
  channel: { $ref: `#/channels/${id}` },
  summary: title,
});

function messageOf(form: EventForm, key: string): [string, JsonObject] {
  const type = storedAs(form);
  const message = {
    name: type,
    title: form.name,
    contentType: 'application/json',
    payload: schemaRef(type),
    headers: headersOf(type),
    bindings: { kafka: { key: { type: 'string', description: key }, bindingVersion: '0.5.0' } },
  };
  return [type, message];
}

const headersOf = (type: string): JsonObject => ({
  allOf: [
    schemaRef(HEADERS),
    { type: 'object', properties: { ce_type: { const: type }, ce_dataschema: { const: schemaUri(type) } } },
  ],
});

function cloudEventHeaders(): JsonObject {
  const properties = {
    'content-type': { const: 'application/json' },
    ce_specversion: { const: '1.0' },
    ce_id: { type: 'string', format: 'uuid', description: "The event's id." },
    ce_source: { const: CLOUD_EVENT_SOURCE },
    ce_type: { type: 'string', description: 'Type with version: `LeadWon.v1`.' },
    ce_dataschema: { type: 'string', description: 'URN of the schema of the value.' },
    ce_subject: { type: 'string', description: 'The stream: `lead-<id>`.' },
    ce_time: { type: 'string', format: 'date-time', description: 'When it was recorded.' },
    ce_revision: { type: 'string', pattern: '^\\d+$', description: 'Place in the stream, from 0 without a gap.' },
    ce_position: { type: 'string', description: "Place in the store's commit order; opaque." },
  };
  return { type: 'object', required: Object.keys(properties), properties };
}

/** A schema as a part of this document: what it points to by URN is here too. */
function componentOf({ $schema: _dialect, $id: _id, ...schema }: JsonObject): JsonObject {
  const { metadata, ...properties } = (schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
  if (metadata === undefined) return schema;
  const name = (metadata['$ref'] as string).slice(schemaUri('').length);
  return { ...schema, properties: { ...properties, metadata: schemaRef(name) } };
}
