import type { JsonObject } from '../decider/json.js';
import { flag, integer, record } from '../shape/shape.js';
import type { EventForm, RetiredForm } from './event-form.js';
import { CURRENT_FORMS, RETIRED_FORMS } from './event-forms.js';
import { EventVersions } from './event-versions.js';

const form = (name: string, version: number): EventForm => ({
  name,
  version,
  category: 'lead',
  data: record({ steps: integer(0, 9), back: flag }),
  metadata: 'event-metadata',
});
const retired = (name: string, version: number, up: RetiredForm['up']): RetiredForm => ({ ...form(name, version), up });

/** `Walked` counted metres, then steps, and now says in which direction as well. */
const metresToSteps = retired('Walked', 1, ({ metres, ...data }) => ({ ...data, steps: Number(metres) * 2 }));
const onlyForward = retired('Walked', 2, (data) => ({ ...data, back: false }));
const versions = new EventVersions([form('Walked', 3), form('Stood', 1)], [onlyForward, metresToSteps]);

describe('an event of any version', () => {
  it.each<[string, JsonObject]>([
    ['Walked.v1', { metres: 3, nonce: 'n' }],
    ['Walked.v2', { steps: 6, nonce: 'n' }],
    ['Walked.v3', { steps: 6, back: false, nonce: 'n' }],
  ])('is read as one of today: %s', (type, data) => {
    const before = structuredClone(data);
    expect(versions.read({ type, data })).toEqual({ name: 'Walked', data: { steps: 6, back: false, nonce: 'n' } });
    expect(data).toEqual(before);
    expect(versions.knows(type)).toBe(true);
    expect(versions.nameOf(type)).toBe('Walked');
  });

  it.each(['Walked.v4', 'Walked.v0', 'Walked', 'Stood.v2', 'Ran.v1', 'toString', '__proto__', 'Walked.v1.v1', ''])(
    'that this program does not know is said to be unknown: %p',
    (type) => {
      expect(versions.read({ type, data: {} })).toBeUndefined();
      expect(versions.knows(type)).toBe(false);
      expect(versions.nameOf(type)).toBeUndefined();
    },
  );
});

describe('versions that do not lead to today’s are a fault of the program, found when it starts:', () => {
  const same = (data: JsonObject): JsonObject => data;
  it.each<[string, readonly EventForm[], readonly RetiredForm[], string]>([
    ['a step is missing', [form('Walked', 3)], [onlyForward], 'Walked.v1 has no way to v2'],
    ['the last step is missing', [form('Walked', 3)], [metresToSteps], 'Walked.v2 has no way to v3'],
    ['a way from nowhere', [form('Stood', 1)], [retired('Sat', 1, same)], 'Sat.v1 leads to no current version'],
    ['a way beyond today', [form('Stood', 1)], [retired('Stood', 2, same)], 'Stood.v2 leads to no current version'],
    ['two of today', [form('Stood', 1), form('Stood', 1)], [], 'Stood.v1 is there twice'],
    ['two ways', [form('Walked', 2)], [metresToSteps, metresToSteps], 'a retired version is there twice'],
  ])('%s', (_, current, old, said) => {
    expect(() => new EventVersions(current, old)).toThrow(new TypeError(said));
  });
});

it('What this program writes and what it has written lead together', () => {
  expect(() => new EventVersions(CURRENT_FORMS, RETIRED_FORMS)).not.toThrow();
});
