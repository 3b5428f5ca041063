import fc from 'fast-check';
import { MOST_JSON_VALUES, parseStrictJson } from './strict-json.js';

const parse = (text: string) => parseStrictJson(Buffer.from(text));
const errorOf = (text: string) => {
  const parsed = parse(text);
  if (parsed.ok) throw new Error('was accepted');
  return parsed.error;
};

describe('strict JSON', () => {
  it('answers what JSON.parse answers, for every object without forbidden keys', () => {
    const unwanted = (key: string) => ['__proto__', 'constructor', 'prototype'].includes(key);
    const json = fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((key) => !unwanted(key)),
      fc.jsonValue({ maxDepth: 6 }),
    );
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const hasForbidden = /"(__proto__|constructor|prototype)"\s*:/.test(text);
        fc.pre(!hasForbidden);
        expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a":{"b":[{"c":1,"d":2,"c":3}]}}', '/a/b/0/c'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"x":[1,{"y":1}, {"y":1 ,\n "y" : 1}]}', '/x/2/y'],
    ['{"a/b":1,"a/b":2}', '/a~1b'],
  ])('refuses a key that appears twice: %s', (text, field) => {
    expect(errorOf(text)).toEqual({ field, rule: 'must not appear twice' });
  });

  it('allows the same key in different objects, and as a value', () => {
    expect(parse('{"a":{"a":"a"},"b":[{"a":1},{"a":1}],"c":"a"}').ok).toBe(true);
  });

  it.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('refuses the key %s at any depth', (key) => {
    expect(errorOf(`{"${key}":1}`).rule).toBe('is a key that is never accepted');
    expect(errorOf(`{"a":[{"${key}":{}}]}`).field).toMatch(/^\/a\/0\//);
  });

  it('accepts these words as values', () => {
    expect(parse('{"a":"__proto__","b":["constructor"]}').ok).toBe(true);
  });

  it('accepts 32 levels and refuses 33, and 10,000', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(parse(nested(32)).ok).toBe(true);
    expect(errorOf(nested(33)).rule).toContain('deeper than 32');
    expect(errorOf(nested(10_000)).rule).toContain('deeper than 32');
    expect(errorOf('{"a":'.repeat(10_000)).rule).toContain('deeper than 32');
  });

  it('counts values', () => {
    const list = (length: number) => `{"a":[${Array.from({ length }, () => '1').join(',')}]}`;
    expect(parse(list(MOST_JSON_VALUES - 1)).ok).toBe(true);
    expect(errorOf(list(MOST_JSON_VALUES)).rule).toContain('more than 50000 values');
  });

  it.each(['"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"\\udc00\\ud800"', '"x\\uD83D"', '"\\ud83d\\ud83d\\ude00"'])(
    'refuses the lone surrogate in %s',
    (value) => {
      expect(errorOf(`{"ok":1,"a":[0,${value}]}`)).toEqual({ field: '/a/1', rule: 'must not hold a lone surrogate' });
      expect(errorOf(`{"b":{${value}:1}}`).field).toBe('/b');
    },
  );

  it('accepts a surrogate pair and escaped backslashes before a u', () => {
    expect(parse('{"a":"\\ud83d\\ude00","b":"\\\\ud800","c":"\\"","d":"\\\\"}')).toEqual({
      ok: true,
      value: { a: '😀', b: '\\ud800', c: '"', d: '\\' },
    });
  });

  it('refuses bytes that are not UTF-8', () => {
    const latin1 = Buffer.from('{"a":"\xe9"}', 'latin1');
    expect(parseStrictJson(latin1)).toEqual({ ok: false, error: { field: '', rule: 'must be valid UTF-8' } });
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '"',
    '{"a":"',
    '{"a":"\\u00"}',
    '{"\\x":1}',
    ']',
    '{"a":1}}',
    '\ufeff{}',
    '{"a":NaN}',
  ])('refuses what is not JSON without repeating it: %s', (text) => {
    expect(errorOf(text)).toEqual({ field: '', rule: 'must be valid JSON' });
  });

  it.each(['1', '"a"', 'null', '[]', 'true'])('refuses a body that is not an object: %s', (text) => {
    expect(errorOf(text).rule).toBe('must be a JSON object');
  });

  it('bounds the pointer', () => {
    const key = 'k'.repeat(100_000);
    expect(errorOf(`{"${key}":1,"${key}":1}`).field).toHaveLength(256);
  });
});
