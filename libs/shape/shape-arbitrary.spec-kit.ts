import fc from 'fast-check';
import type { Json, JsonObject } from '../decider/json.js';
import type { Shape } from './shape.js';

/** Any value of a shape, made from its JSON Schema alone: so the schema is shown to mean what the check says. */
export const anyOfShape = <T>({ schema }: Shape<T>): fc.Arbitrary<T> => anyOfSchema(schema) as fc.Arbitrary<T>;

/** Long enough to show a rule, short enough for many runs. */
const MOST_ITEMS = 3;
const MOST_CHARACTERS = 60;

function anyOfSchema(schema: JsonObject): fc.Arbitrary<unknown> {
  if (schema['enum']) return fc.constantFrom(...(schema['enum'] as Json[]));
  if (schema['anyOf']) return fc.oneof(...(schema['anyOf'] as JsonObject[]).map(anyOfSchema));
  switch (schema['type']) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: Number(schema['minimum']), max: Number(schema['maximum']) });
    case 'number':
      // JSON knows one zero
      return fc
        .double({ min: Number(schema['minimum']), max: Number(schema['maximum']), noNaN: true })
        .map((number) => (number === 0 ? 0 : number));
    case 'string':
      return anyString(schema);
    case 'array':
      return fc.array(anyOfSchema(schema['items'] as JsonObject), {
        maxLength: Math.min(MOST_ITEMS, Number(schema['maxItems'])),
      });
    case 'object':
      return anyRecord(schema);
    default:
      throw new Error(`no arbitrary for the schema ${JSON.stringify(schema)}`);
  }
}

function anyString(schema: JsonObject): fc.Arbitrary<string> {
  if (schema['format'] === 'date-time') {
    const between = { min: new Date(0), max: new Date(Date.UTC(2100, 0, 1)), noInvalidDate: true };
    return fc.date(between).map((date) => date.toISOString());
  }
  if (typeof schema['pattern'] === 'string') {
    return schema['maxLength'] === undefined ? anyMatching(schema['pattern']) : anyLabel(schema);
  }
  // a unit is a code point, which may be two of the UTF-16 units that maxLength counts
  const maxLength = Math.floor(Math.min(MOST_CHARACTERS, Number(schema['maxLength'])) / 2);
  return fc.string({ unit: 'binary', maxLength });
}

function anyLabel({ minLength, maxLength, pattern }: JsonObject): fc.Arbitrary<string> {
  const allowed = new RegExp(pattern as string);
  const unit = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((one) => allowed.test(one));
  return fc
    .array(unit, { minLength: Number(minLength), maxLength: Math.min(MOST_CHARACTERS, Number(maxLength)) })
    .map((units) => units.join(''));
}

/** Made once for each pattern: it costs more than all the strings that come out of it. */
const matching = new Map<string, fc.Arbitrary<string>>();
function anyMatching(pattern: string): fc.Arbitrary<string> {
  const known = matching.get(pattern) ?? fc.stringMatching(new RegExp(pattern), { size: '-1' });
  matching.set(pattern, known);
  return known;
}

function anyRecord(schema: JsonObject): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema['properties'] as Record<string, JsonObject>);
  const arbitraries = Object.fromEntries(properties.map(([name, field]) => [name, anyOfSchema(field)]));
  return fc.record(arbitraries, { requiredKeys: schema['required'] as string[], noNullPrototype: true });
}
