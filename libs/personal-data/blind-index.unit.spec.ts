import fc from 'fast-check';
import { blindIndexEntries, normalEmail, normalPhone } from './blind-index.js';
import { keyRing } from './key-ring.spec-kit.js';

const { pepper } = keyRing();
const macs = (addresses: Parameters<typeof blindIndexEntries>[0], under = pepper) =>
  blindIndexEntries(addresses, under).map(({ mac }) => mac);

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
});

describe('the blind index', () => {
  // Computed with Python's hmac over the JCS text.
  it('has the entries an independent implementation makes', () => {
    expect(blindIndexEntries({ phones: ['+49 30 1234567'], emails: ['Zoe@Example.org'] }, pepper)).toEqual([
      { kind: 'email', pepperVersion: 1, mac: 'SogcTOWxKwIOOViRLQiC8xpBLK4s1_0usKX2s2ttakw' },
      { kind: 'phone', pepperVersion: 1, mac: 'YaLuGYr88DQD5pn0zUEHAasnsPOqoy8BIzbD7gHyZvU' },
    ]);
  });

  it('has each address once and leaves out what is none', () => {
    expect(macs({ emails: ['a@b', 'A@B ', 'none'], phones: ['0000000'] })).toHaveLength(1);
    expect(macs({})).toEqual([]);
  });

  it('is another under another pepper, its version and for another kind', () => {
    const stranger = keyRing(40).pepper;
    const all = [
      ...macs({ emails: ['a@b'] }),
      ...macs({ emails: ['a@b'] }, stranger),
      ...macs({ emails: ['a@b'] }, { ...pepper, version: 2 }),
      ...macs({ phones: ['1234567'] }),
    ];
    expect(new Set(all).size).toBe(4);
  });
});
