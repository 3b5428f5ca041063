import fc from 'fast-check';
import { isUuid, uuidBytes, uuidV8 } from './uuid.js';

describe('a UUID', () => {
  it('keeps its bytes but for version and variant', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 40 }), (bytes) => {
        const own = uuidBytes(uuidV8(bytes));
        expect(own[6]! >> 4).toBe(8);
        expect(own[8]! >> 6).toBe(0b10);
        expect(own[6]! & 0x0f).toBe(bytes[6]! & 0x0f);
        expect(own[8]! & 0x3f).toBe(bytes[8]! & 0x3f);
        for (const at of [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14, 15]) expect(own[at]).toBe(bytes[at]);
      }),
    );
  });

  it('is not made of fewer bytes', () => {
    expect(() => uuidV8(new Uint8Array(15))).toThrow(RangeError);
  });

  it.each(['', 'ann@example.org', '00112233445586778899aabbccddeeff', '00112233-4455-8677-8899-AABBCCDDEEFF'])(
    'is not %p, and the error does not say so',
    (text) => {
      expect(isUuid(text)).toBe(false);
      expect(() => uuidBytes(text)).toThrow('not a lower-case UUID');
    },
  );
});
