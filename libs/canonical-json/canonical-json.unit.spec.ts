import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalHash, canonicalJson } from './canonical-json.js';

const anyJson = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }) as fc.Arbitrary<unknown>;
const isWellFormed = (value: unknown): boolean => JSON.stringify(value)?.includes('\\ud') !== true;

describe('Canonical JSON', () => {
  it('is what another implementation of RFC 8785 makes of any value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        fc.pre(isWellFormed(value));
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is itself when it is parsed and written again, in whatever order the members came', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), anyJson), (value) => {
        fc.pre(isWellFormed(value));
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(Object.fromEntries(Object.entries(value).toReversed()))).toBe(text);
      }),
    );
  });

  it.each([
    [-0, '0'],
    [1e21, '1e+21'],
    [333333333.33333329, '333333333.3333333'],
    [1e-27, '1e-27'],
    [5e-324, '5e-324'],
    ['\u20ac$\u000f\nA\'B"\\/', '"€$\\u000f\\nA\'B\\"\\\\/"'],
    ['\u007f\u2028', '"\u007f\u2028"'],
    [[undefined, 1], '[null,1]'],
    [{ b: undefined, a: 1 }, '{"a":1}'],
    [{ a: '\\ude00', b: [{}, null, true] }, '{"a":"\\\\ude00","b":[{},null,true]}'],
    [{ z: { 10: 1, 9: 2 }, a: 1 }, '{"a":1,"z":{"10":1,"9":2}}'],
    [JSON.parse('{"b":[1],"__proto__":{"z":1,"y":2}}'), '{"__proto__":{"y":2,"z":1},"b":[1]}'],
    [{ a: new Date(0) }, '{"a":"1970-01-01T00:00:00.000Z"}'],
    [
      { '\ufb33': 1, '\ud83d\ude00': 2, '\u20ac': 3, '1': 4, '\r': 5 },
      '{"\\r":5,"1":4,"\u20ac":3,"\ud83d\ude00":2,"\ufb33":1}',
    ],
  ])('of %j is %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([NaN, Infinity, undefined, 1n, () => 1, '\ud800', ['\udc00'], { '\ud800': 1 }])(
    'of %p there is none',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );

  it('goes 64 levels deep', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    expect(canonicalJson(nested(64))).toBe(`${'['.repeat(64)}1${']'.repeat(64)}`);
    expect(() => canonicalJson(nested(65))).toThrow(RangeError);
  });

  it('is hashed as its UTF-8', () => {
    expect(canonicalHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
