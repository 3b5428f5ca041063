import fc from 'fast-check';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { record } from '../shape/shape.js';
import { anyOfShape } from '../shape/shape-arbitrary.spec-kit.js';
import { storedAs, type EventForm } from './event-form.js';
import { decisionMetadata, eventMetadata } from './event-metadata-shape.js';
import { eventSignature } from './event-signature.js';
import { eventSchemas } from './event-schemas.js';

/** What the envelope looks like, made from the published schema: the sealed bytes are any. */
const SCHEMAS = eventSchemas();
const envelopeOf = (type: string): JsonObject | undefined => {
  const { properties } = SCHEMAS.get(type) as { properties: { data: { properties: { pii?: JsonObject } } } };
  return properties.data.properties.pii;
};
/** Of the right form, but nobody's. */
const anySignature = anyOfShape(eventSignature).map(({ batch, ...alone }) => ({
  ...alone,
  ...(batch
    ? { batch: { size: 2, index: batch.index % 2, path: [Buffer.alloc(32, batch.size).toString('base64')] } }
    : {}),
}));
const nonce = fc.stringMatching(/^[A-Za-z0-9_-]{22}$/);

/** Any event of a form, as the store has it. */
export function anyRecorded(form: EventForm): fc.Arbitrary<RecordedEvent> {
  const type = storedAs(form);
  const envelope = envelopeOf(type);
  const pii = envelope
    ? fc.option(anyOfShape<object>({ schema: envelope } as never), { nil: undefined })
    : fc.constant(undefined);
  const data = fc
    .tuple(nonce, anyOfShape<object>(form.data), pii)
    .map(([value, open, sealed]) => ({ nonce: value, ...open, ...(sealed ? { pii: sealed } : {}) }) as JsonObject);
  const { sig: _sig, ...fields } = (form.metadata === 'event-metadata' ? eventMetadata : decisionMetadata).fields;
  const metadata = fc
    .tuple(anyOfShape<object>(record(fields)), fc.option(anySignature, { nil: undefined }))
    .map(([said, sig]) => ({ ...said, ...(sig ? { sig } : {}) }));
  return fc.record(
    {
      id: fc.uuid(),
      type: fc.constant(type),
      stream: fc.uuid().map((id) => `${form.category}-${id}`),
      revision: fc.nat(1_000),
      position: fc.nat().map(String),
      data,
      metadata: metadata,
    },
    { noNullPrototype: true },
  );
}
