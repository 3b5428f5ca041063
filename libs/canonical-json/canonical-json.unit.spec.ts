import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalHash, canonicalJson } from './canonical-json.js';

const nested = (levels: number): unknown => (levels === 0 ? null : [nested(levels - 1)]);

describe('canonical JSON', () => {
  it('is that of RFC 8785, section 3.2.2', () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\\"\/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('orders members by UTF-16 units, as section 3.2.3 does', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
    expect(Object.keys(JSON.parse(text) as object).filter((name) => name !== '1')).toEqual([
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ]);
    expect(text.startsWith('{"\\r":0,"1":0,')).toBe(true);
  });

  it('says the same as another implementation of any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('leaves out members that are not there', () => {
    expect(canonicalJson({ b: undefined, a: [undefined, -0] })).toBe('{"a":[null,0]}');
  });

  it.each([
    [NaN],
    [Infinity],
    [1n],
    [Symbol('s')],
    [() => 1],
    [undefined],
    [new Date(0)],
    ['\ud800'],
    [{ '\udc00': 1 }],
  ])('refuses %p, wherever it stands', (value) => {
    for (const holder of [value, { in: { it: value } }]) {
      if (value === undefined && holder !== value) continue;
      expect(() => canonicalJson(holder)).toThrow(TypeError);
    }
  });

  it('goes 64 levels deep and no deeper', () => {
    expect(canonicalJson(nested(64))).toBe(`${'['.repeat(64)}null${']'.repeat(64)}`);
    expect(() => canonicalJson(nested(65))).toThrow(RangeError);
    const circle: Record<string, unknown> = {};
    circle.again = circle;
    expect(() => canonicalJson(circle)).toThrow(RangeError);
  });

  it('hashes the text', () => {
    expect(canonicalHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
