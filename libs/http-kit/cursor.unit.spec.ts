import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';
import { ProblemException } from './problem-exception.js';

describe('a cursor', () => {
  it('gives back what it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.integer(), (text, number) => {
        expect(decodeCursor(encodeCursor([text, number]), ['string', 'number'])).toEqual([text, number]);
      }),
    );
  });

  it('is refused when it is anything else', () => {
    const good = encodeCursor(['a', 1]);
    const bad = [
      '',
      'x',
      good + '=',
      good + 'A',
      ` ${good}`,
      encodeCursor(['a']),
      encodeCursor([1, 'a']),
      encodeCursor(['a', 1, 1]),
    ];
    for (const text of [...bad, Buffer.from('{"0":"a","1":1,"length":2}').toString('base64url'), 'A'.repeat(2000)]) {
      expect(() => decodeCursor(text, ['string', 'number'])).toThrow(ProblemException);
    }
  });
});
