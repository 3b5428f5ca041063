import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { JsonObject } from '../decider/json.js';
import { anyRecorded } from './any-event.spec-kit.js';
import { encodeCloudEvent, schemaUri } from './cloud-event.js';
import { storedAs } from './event-form.js';
import { ALL_FORMS } from './event-forms.js';
import { eventSchemas } from './event-schemas.js';

const ajv = new Ajv2020({ strict: true, allErrors: true, keywords: ['x-sealed'] });
addFormats.default(ajv);
ajv.addSchema([...eventSchemas().values()]);
const validate = (type: string, value: unknown): readonly string[] => {
  const check = ajv.getSchema(schemaUri(type));
  if (!check) throw new Error(`there is no schema ${type}`);
  return check(value) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};
type Value = { data: JsonObject; metadata: JsonObject };

describe.each(ALL_FORMS.map((form) => ({ ...form, type: storedAs(form) })))('$type', (form) => {
  const { type } = form;
  const values = anyRecorded(form).map((event) => JSON.parse(encodeCloudEvent(event).value) as Value);

  it('describes every event that its shape makes, as a record has it', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(validate(type, value)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses an event that lacks something, holds a wrong type, or has no metadata', () => {
    fc.assert(
      fc.property(values, ({ data, metadata }) => {
        for (const name of ['nonce', ...requiredOf(form.data.schema)]) {
          const { [name]: _gone, ...rest } = data;
          expect(validate(type, { data: rest, metadata })).toEqual([expect.stringContaining(`'${name}'`)]);
        }
        for (const name of Object.keys(form.data.fields)) {
          expect(validate(type, { data: { ...data, [name]: NOTHING_TAKES }, metadata })).not.toEqual([]);
        }
        const { actor: _actor, ...nobody } = metadata;
        expect(validate(type, { data, metadata: nobody })).not.toEqual([]);
        expect(validate(type, { data })).not.toEqual([]);
        expect(validate(type, data)).not.toEqual([]);
      }),
      { numRuns: 5 },
    );
  });

  it('lets a further member pass, which a later edition of the version may have', () => {
    const [{ data, metadata } = { data: {}, metadata: {} }] = fc.sample(values, 1);
    expect(validate(type, { data: { ...data, later: 1 }, metadata: { ...metadata, later: 1 } })).toEqual([]);
  });

  it('shows personal data only as what lies sealed', () => {
    const schema = eventSchemas().get(type) as { properties: { data: { properties: JsonObject } } };
    const { data } = schema.properties;
    const personal = Object.keys(form.personal?.fields ?? {});
    expect(Object.keys(data.properties).filter((name) => personal.includes(name))).toEqual([]);
    const pii = data.properties['pii'] as { 'x-sealed'?: { properties: object } } | undefined;
    expect(Object.keys(pii?.['x-sealed']?.properties ?? {})).toEqual(personal);
  });
});

/** A list in a list: no shape has one. */
const NOTHING_TAKES = [[]];
const requiredOf = ({ required }: JsonObject): readonly string[] => required as readonly string[];

it('There is a schema for every form and kind of metadata, each a valid one under its own name', () => {
  const schemas = eventSchemas();
  expect([...schemas.keys()].filter((name) => !name.endsWith('metadata.v1'))).toEqual(ALL_FORMS.map(storedAs));
  for (const [name, schema] of schemas) {
    expect(schema['$id']).toBe(schemaUri(name));
    expect(ajv.validateSchema(schema as object)).toBe(true);
  }
});
