import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Json, JsonObject } from '../decider/json.js';
import { anyRecorded } from './any-event.spec-kit.js';
import { asyncApi } from './asyncapi.js';
import { encodeCloudEvent } from './cloud-event.js';
import { storedAs } from './event-form.js';
import { ALL_FORMS } from './event-forms.js';

const document = asyncApi();
type Document = {
  asyncapi: string;
  info: { title: string; version: string };
  channels: Record<string, { address: string; messages: Record<string, { $ref: string }> }>;
  operations: Record<string, { action: string; channel: { $ref: string } }>;
  components: { messages: Record<string, { payload: { $ref: string }; headers: JsonObject }>; schemas: JsonObject };
};
const api = document as unknown as Document;

/** What a reference within the document points to; undefined where there is nothing. */
const resolve = (pointer: string): unknown =>
  pointer
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);

function* references(value: Json | undefined): Generator<string> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    if (key === '$ref') yield child as string;
    else yield* references(child);
  }
}

// the whole document is the schema that holds the others, so that its own references are followed as they stand
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'urn:test:asyncapi', ...document });
const valid = (pointer: string, value: unknown): boolean => {
  const check = ajv.getSchema(`urn:test:asyncapi${pointer}`) ?? ajv.compile({ $ref: `urn:test:asyncapi${pointer}` });
  return check(value) === true;
};

describe('the AsyncAPI document', () => {
  it('is one of AsyncAPI 3.0, with the topics of the relay', () => {
    expect(api).toMatchObject({ asyncapi: '3.0.0', info: { title: 'Baton events' } });
    expect(Object.values(api.channels).map(({ address }) => address)).toEqual([
      'baton.lead-events.v1',
      'baton.reference-events.v1',
    ]);
    for (const { action, channel } of Object.values(api.operations)) {
      expect(action).toBe('send');
      expect(resolve(channel.$ref)).toHaveProperty('address');
    }
  });

  it('points only to what is in it', () => {
    const all = [...references(document)];
    expect(all.length).toBeGreaterThan(3 * ALL_FORMS.length);
    expect(all.filter((ref) => !ref.startsWith('#/') || resolve(ref) === undefined)).toEqual([]);
  });

  it('has every form once, on the topic of its streams', () => {
    const of = (channel: string) => Object.keys(api.channels[channel]?.messages ?? {});
    expect([...of('leadEvents'), ...of('referenceEvents')].toSorted()).toEqual(ALL_FORMS.map(storedAs).toSorted());
    expect(of('leadEvents')).toContain('LeadWon.v1');
    expect(of('referenceEvents')).toContain('TeamFormed.v1');
  });

  it.each(ALL_FORMS.map((form) => ({ ...form, type: storedAs(form) })))(
    'describes records of $type as they are sent',
    (form) => {
      const { type } = form;
      fc.assert(
        fc.property(anyRecorded(form), (event) => {
          const { headers, value } = encodeCloudEvent(event);
          const message = `#/components/messages/${type}`;
          expect(valid(`${message}/headers`, headers)).toBe(true);
          expect(valid(`${message}/payload`, JSON.parse(value))).toBe(true);
          expect(valid(`${message}/headers`, { ...headers, ce_type: 'Other.v1' })).toBe(false);
          const { ce_revision: _none, ...without } = headers;
          expect(valid(`${message}/headers`, without)).toBe(false);
          expect(valid(`${message}/payload`, {})).toBe(false);
        }),
        { numRuns: 2 },
      );
    },
  );
});
