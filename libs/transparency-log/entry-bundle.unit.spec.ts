import { encodeEntries, MOST_ENTRY_BYTES, parseEntries } from './entry-bundle.js';

const entries = [Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(MOST_ENTRY_BYTES, 7)];

describe('a bundle of entries', () => {
  it('comes back as it was written', () => {
    const bundle = encodeEntries(entries);
    expect(bundle.subarray(0, 5)).toEqual(Buffer.from([0, 1, 0x61, 0, 0]));
    const read = parseEntries(bundle, entries.length);
    expect(read.ok && read.value.map((entry) => Buffer.from(entry).equals(entries.shift()!))).toEqual([
      true,
      true,
      true,
    ]);
    expect(parseEntries(encodeEntries([]), 0)).toEqual({ ok: true, value: [] });
  });

  it('holds no entry over 65,535 bytes', () => {
    expect(() => encodeEntries([Buffer.alloc(MOST_ENTRY_BYTES + 1)])).toThrow(RangeError);
  });

  it.each([
    ['one byte short', [0, 2, 1], 1],
    ['cut in a length', [0, 1, 9, 0], 2],
    ['short of an entry', [0, 1, 9], 2],
    ['with an entry more', [0, 1, 9, 0, 0], 1],
    ['with a byte more', [0, 1, 9, 0], 1],
  ])('is not read %s', (_, bytes, width) => {
    expect(parseEntries(Buffer.from(bytes), width).ok).toBe(false);
  });

  it('is not read for a width that no bundle has', () => {
    for (const width of [-1, 257, 0.5, NaN]) expect(parseEntries(Buffer.alloc(2 * 300), width).ok).toBe(false);
  });
});
