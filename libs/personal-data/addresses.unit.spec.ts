import fc from 'fast-check';
import { canBePhone, normalEmail, normalPhone } from './addresses.js';

describe('an e-mail address', () => {
  it.each([
    [' Zoe@Example.ORG ', 'zoe@example.org'],
    ['ＺＯＥ@example.org', 'zoe@example.org'],
    ['zoe\u0308@example.org', 'zo\u00eb@example.org'],
    ['zoe+news@example.org', 'zoe+news@example.org'],
  ])('%p is known as %p', (typed, normal) => {
    expect(normalEmail(typed)).toBe(normal);
  });

  it.each(['', '  ', 'n/a', 'none', '@', 'zoe@', '@example.org', 'a b@example.org', 'a@b@c', `${'x'.repeat(320)}@y`])(
    '%p is none',
    (typed) => {
      expect(normalEmail(typed)).toBeUndefined();
    },
  );

  it('once normal stays as it is', () => {
    const typed = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
      .map((parts) => parts.join('@'));
    fc.assert(
      fc.property(typed, (text) => {
        const normal = normalEmail(text);
        if (normal !== undefined) expect(normalEmail(normal)).toBe(normal);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a phone number', () => {
  it.each([
    ['+49 (30) 123-45.67', '+49301234567'],
    ['030/1234567', '0301234567'],
    ['１２３４５６７', '1234567'],
  ])('%p is known as %p', (typed, normal) => {
    expect(normalPhone(typed)).toBe(normal);
  });

  it.each(['', '+', '123456', '+12 34 56', 'call me', '555-CALL-NOW', '0000000', '+1111111111', '1234567890123456'])(
    '%p is none',
    (typed) => {
      expect(normalPhone(typed)).toBeUndefined();
    },
  );

  it.each(['12345', '+49 30 1234567 ext. 12', '(030) 1234567x9', '123456789012345'])('%p can be one', (typed) => {
    expect(canBePhone(typed)).toBe(true);
  });

  it.each(['', '1234', 'call me', '+49 30 1234567 or 89', '00000', '1234567890123456'])('%p cannot', (typed) => {
    expect(canBePhone(typed)).toBe(false);
  });
});
