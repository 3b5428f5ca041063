import fc from 'fast-check';
import {
  amount,
  code,
  either,
  flag,
  hash,
  integer,
  label,
  list,
  nullable,
  oneOf,
  opaqueId,
  optional,
  record,
  text,
  time,
  uuid,
  type Shape,
} from './shape.js';
import { anyOfShape } from './shape-arbitrary.spec-kit.js';

const circle = record({ kind: oneOf('circle'), radius: integer(1, 9) });
const square = record({ kind: oneOf('square'), side: integer(1, 9), turned: optional(flag) });
const everything = record({
  code,
  id: opaqueId,
  uuid,
  hash,
  time,
  flag,
  amount,
  text: text(10),
  name: label(5),
  count: integer(-3, 3),
  list: list(code, 2),
  nothing: nullable(integer(0, 1)),
  figure: either(circle, square),
  maybe: optional(text(3)),
});

const problem = (shape: Shape<unknown>, value: unknown): string | undefined => shape.check(value, '/x');

describe('a shape', () => {
  it('takes whatever its JSON Schema describes', () => {
    fc.assert(
      fc.property(anyOfShape(everything), (value) => {
        expect(everything.check(value, '')).toBeUndefined();
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const said = everything.check(value, '');
        expect(typeof said).toBe('string');
      }),
    );
  });

  it.each<[string, Shape<unknown>, unknown, string]>([
    ['a code in capitals', code, 'Paid', '/x: must be a code (lower case, digits and _.:+-, at most 64)'],
    ['a code with spaces', code, 'paid search', '/x: must be a code (lower case, digits and _.:+-, at most 64)'],
    ['a code of 65', code, 'a'.repeat(65), '/x: must be a code (lower case, digits and _.:+-, at most 64)'],
    ['an e-mail address as an id', opaqueId, 'a@b.example', '/x: must be an opaque id of at most 128 characters'],
    ['a UUID in capitals', uuid, '0000000A-0000-4000-8000-000000000000', '/x: must be a UUID'],
    ['a short hash', hash, 'abc', '/x: must be a SHA-256 in hex'],
    ['a day that is none', time, '2024-02-30T00:00:00.000Z', '/x: must be an ISO 8601 time in UTC with milliseconds'],
    ['a 13th month', time, '2024-13-01T00:00:00.000Z', '/x: must be an ISO 8601 time in UTC with milliseconds'],
    [
      'a time with an offset',
      time,
      '2024-01-01T00:00:00+01:00',
      '/x: must be an ISO 8601 time in UTC with milliseconds',
    ],
    ['a number as text', text(3), 3, '/x: must be text of at most 3 characters'],
    ['a long text', text(3), 'long', '/x: must be text of at most 3 characters'],
    ['half a character', text(3), '\ud83d', '/x: must be text of at most 3 characters'],
    ['an empty label', label(3), '', '/x: must be 1 to 3 characters, no control characters'],
    ['a long label', label(3), 'long', '/x: must be 1 to 3 characters, no control characters'],
    ['a label of two lines', label(3), 'a\nb', '/x: must be 1 to 3 characters, no control characters'],
    ['a fraction', integer(0, 9), 1.5, '/x: must be a whole number from 0 to 9'],
    ['a number beyond', integer(0, 9), 10, '/x: must be a whole number from 0 to 9'],
    ['a negative amount', amount, -1, '/x: must be a number from 0 to 1e12'],
    ['no number', amount, Number.NaN, '/x: must be a number from 0 to 1e12'],
    ['a word of another list', oneOf('a', 'b'), 'c', '/x: must be one of a, b'],
    ['a truth as text', flag, 'true', '/x: must be true or false'],
    ['a long list', list(flag, 1), [true, false], '/x: must be a list of at most 1'],
    ['a bad item', list(flag, 3), [true, 1], '/x/1: must be true or false'],
    ['null', circle, null, '/x: must be an object'],
    ['a list', circle, [], '/x: must be an object'],
    ['a missing field', circle, { kind: 'circle' }, '/x/radius: is required'],
    ['an unknown field', circle, { kind: 'circle', radius: 1, colour: 1 }, '/x: has a field that is not part of it'],
    [
      'a bad field of the first kind',
      either(circle, square),
      { kind: 'circle', radius: 0 },
      '/x/radius: must be a whole number from 1 to 9',
    ],
    [
      'a bad field of the second kind',
      either(circle, square),
      { kind: 'square', side: 0 },
      '/x/side: must be a whole number from 1 to 9',
    ],
    ['a third kind', either(circle, square), { kind: 'star' }, '/x/kind: must be one of circle'],
    ['null of an optional', record({ a: optional(flag) }), { a: null }, '/x/a: must be true or false'],
  ])('refuses %s, naming path and rule', (_what, shape, value, said) => {
    expect(problem(shape, value)).toBe(said);
  });

  it('takes what may be absent or null', () => {
    expect(problem(record({ a: optional(flag) }), {})).toBeUndefined();
    expect(problem(nullable(flag), null)).toBeUndefined();
    expect(problem(nullable(flag), true)).toBeUndefined();
    expect(problem(text(4), '😀é')).toBeUndefined();
  });

  it('never repeats what it was given', () => {
    const canary = 'canary-7f3a';
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(everything.fields)), anyOfShape(everything), (field, value) => {
        expect(everything.check({ ...value, [field]: { [canary]: canary } }, '') ?? '').not.toContain(canary);
      }),
    );
  });
});
