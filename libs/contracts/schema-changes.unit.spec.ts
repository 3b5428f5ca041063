import type { JsonObject } from '../decider/json.js';
import { eventSchemas } from './event-schemas.js';
import { checkContracts } from './published-schemas.js';
import { breakingChanges } from './schema-changes.js';

const object = (properties: JsonObject, required: readonly string[] = Object.keys(properties)): JsonObject => ({
  type: 'object',
  required,
  properties,
});
const word = { type: 'string', pattern: '^[a-z]+$' };
const before = object({
  name: word,
  size: { enum: ['small', 'large'] },
  points: { type: 'integer', minimum: 0, maximum: 10 },
  label: { type: 'string', minLength: 1, maxLength: 80 },
  tags: { type: 'array', maxItems: 5, items: word },
  owner: { anyOf: [object({ team: word }), { type: 'null' }] },
  inner: object({ a: word, b: word }, ['a']),
  pii: { ...object({ ct: word }), 'x-sealed': object({ note: word }, []) },
});
type Members = Record<string, JsonObject>;
const members = before['properties'] as Members;
const changed = (change: Members): JsonObject => ({ ...before, properties: { ...members, ...change } });
const without = (name: string): JsonObject => {
  const { [name]: _gone, ...rest } = members;
  return object(rest);
};

describe('breaks readers of a published version:', () => {
  it.each<[string, JsonObject, string]>([
    ['a field removed', without('points'), '/points: was removed or renamed'],
    ['a field renamed', object({ ...(without('points')['properties'] as Members), score: {} }), '/points: was removed'],
    ['a new required field', changed({ colour: word }), ''],
    ['a field that became optional', { ...before, required: ['name'] }, '/size: was always there and is optional now'],
    ['another type', changed({ name: { type: 'integer' } }), '/name: type was changed'],
    ['a wider type', changed({ name: { ...word, type: ['string', 'null'] } }), '/name: type was changed'],
    ['another pattern', changed({ name: { ...word, pattern: '^[a-z]{1,9}$' } }), '/name: pattern was changed'],
    ['a value removed from a list', changed({ size: { enum: ['small'] } }), '/size: the value "large" was removed'],
    [
      'a value added to a list',
      changed({ size: { enum: ['small', 'large', 'xl'] } }),
      '/size: the value "xl" was added',
    ],
    ['a list of values made free', changed({ size: word }), '/size: takes more than the listed values now'],
    ['a free value made a list', changed({ name: { ...word, enum: ['a'] } }), '/name: takes only listed values now'],
    ['a least raised', changed({ points: { type: 'integer', minimum: 1, maximum: 10 } }), 'minimum was narrowed'],
    ['a least lowered', changed({ points: { type: 'integer', minimum: -1, maximum: 10 } }), 'minimum was widened'],
    ['a most lowered', changed({ points: { type: 'integer', minimum: 0, maximum: 9 } }), 'maximum was narrowed'],
    ['a most raised', changed({ points: { type: 'integer', minimum: 0, maximum: 11 } }), 'maximum was widened'],
    ['a most dropped', changed({ points: { type: 'integer', minimum: 0 } }), 'maximum was widened'],
    ['a shorter text', changed({ label: { type: 'string', minLength: 1, maxLength: 79 } }), 'maxLength was narrowed'],
    ['a shorter list', changed({ tags: { type: 'array', maxItems: 4, items: word } }), 'maxItems was narrowed'],
    ['a new limit', changed({ name: { ...word, maxLength: 9 } }), '/name: maxLength was narrowed'],
    ['other items', changed({ tags: { type: 'array', maxItems: 5, items: {} } }), '/tags/*: type was changed'],
    ['items of any kind', changed({ tags: { type: 'array', maxItems: 5 } }), '/tags/*: is described no more'],
    ['null no longer', changed({ owner: object({ team: word }) }), '/owner: has other alternatives now'],
    ['null as well', changed({ owner: { anyOf: [object({ team: word }), {}, {}] } }), '/owner: has other alternatives'],
    [
      'a change within an alternative',
      changed({ owner: { anyOf: [object({}), { type: 'null' }] } }),
      '/owner/team: was',
    ],
    ['a field of a field removed', changed({ inner: object({ a: word }) }), '/inner/b: was removed or renamed'],
    ['a field of a field required', changed({ inner: object({ a: word, b: word }) }), '/inner/b: was optional and is'],
    [
      'a sealed field removed',
      changed({ pii: { ...members['pii'], 'x-sealed': object({}, []) } }),
      '/(sealed)/note: was',
    ],
    ['further fields forbidden', { ...before, additionalProperties: false }, '/: additionalProperties was changed'],
  ])('%s', (_, after, said) => {
    const changes = breakingChanges(
      before,
      said === '' ? { ...after, required: [...Object.keys(members), 'colour'] } : after,
    );
    expect(changes).not.toEqual([]);
    expect(changes.map(({ at, rule }) => `${at}: ${rule}`).join('\n')).toContain(
      said || '/colour: is new and required',
    );
  });
});

it.each<[string, JsonObject]>([
  ['nothing', before],
  ['a new optional field', changed({ colour: word })],
  ['a new optional field of a field', changed({ inner: object({ a: word, b: word, c: word }, ['a']) })],
  [
    'a new optional sealed field',
    changed({ pii: { ...members['pii'], 'x-sealed': object({ note: word, age: word }, []) } }),
  ],
  ['other words', { ...changed({ name: { ...word, description: 'a name' } }), title: 'Other' }],
])('breaks nobody: %s', (_, after) => {
  expect(breakingChanges(before, after)).toEqual([]);
});

describe('the check of the contracts', () => {
  const generated = eventSchemas();
  const edited = (type: string, edit: (data: Members) => Members): ReadonlyMap<string, JsonObject> => {
    const schema = structuredClone(generated.get(type)) as unknown as { properties: { data: { properties: Members } } };
    const { data } = schema.properties;
    data.properties = edit(data.properties);
    return new Map([...generated, [type, schema]]);
  };

  it('is silent where nothing changed', () => {
    expect(checkContracts(generated, generated)).toEqual({ refused: [], unpublished: [] });
  });

  it('refuses a renamed field of a published version, naming it', () => {
    const renamed = edited('LeadWon.v1', ({ value, ...rest }) => ({ ...rest, amount: value ?? {} }));
    expect(checkContracts(generated, renamed).refused).toEqual(['LeadWon.v1 /data/value: was removed or renamed']);
  });

  it('refuses that a published version goes', () => {
    const fewer = new Map([...generated].filter(([name]) => name !== 'LeadWon.v1'));
    expect(checkContracts(generated, fewer).refused).toEqual([
      'LeadWon.v1: was published and is gone; old logs hold it',
    ]);
  });

  it('lets a new version come beside the old one, to be published', () => {
    const more = new Map([...generated, ['LeadWon.v2', generated.get('LeadLost.v1') ?? {}]]);
    expect(checkContracts(generated, more)).toEqual({ refused: [], unpublished: ['LeadWon.v2'] });
  });

  it('asks to publish a further optional field', () => {
    const further = edited('LeadWon.v1', (data) => ({ ...data, product: { type: 'string' } }));
    expect(checkContracts(generated, further)).toEqual({ refused: [], unpublished: ['LeadWon.v1'] });
  });
});
