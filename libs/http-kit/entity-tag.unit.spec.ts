import { entityTagOf, parseIfMatch, satisfies } from './entity-tag.js';

describe('If-Match', () => {
  it('reads back the tag of a revision', () => {
    for (const revision of [0, 7, 123_456]) expect(parseIfMatch(entityTagOf(revision))).toEqual([revision]);
    expect(parseIfMatch(undefined)).toBeUndefined();
    expect(parseIfMatch(' * ')).toBe('*');
  });

  it('takes a bounded list', () => {
    const list = (length: number) => Array.from({ length }, (_, at) => `"${at}"`).join(',');
    expect(parseIfMatch(list(20))).toHaveLength(20);
    expect(() => parseIfMatch(list(21))).toThrow();
  });

  it('is satisfied by the revision it names, and * by any', () => {
    expect([satisfies(3, [2, 3]), satisfies(3, [2]), satisfies(3, '*')]).toEqual([true, false, true]);
    expect([satisfies(undefined, '*'), satisfies(undefined, [0])]).toEqual([false, false]);
  });
});
