import { blindIndexEntries } from './blind-index.js';
import { keyRing } from './key-ring.spec-kit.js';

const { pepper } = keyRing();
const macs = (addresses: Parameters<typeof blindIndexEntries>[0], under = pepper) =>
  blindIndexEntries(addresses, under).map(({ mac }) => mac);

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
