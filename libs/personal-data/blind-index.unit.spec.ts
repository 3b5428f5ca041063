import { blindIndexEntries, underEach, underNewest } from './blind-index.js';
import { HeldRing, keyRing } from './key-ring.spec-kit.js';

const {
  peppers: [pepper],
} = keyRing();
const macs = (addresses: Parameters<typeof blindIndexEntries>[0], under = pepper) =>
  blindIndexEntries(addresses, under).map(({ mac }) => mac);

// Computed as below, with Python's hmac.
const SECOND = 'OWYMcNdQXf_d8JuHaUfBRkgXEAcEFrDC9rzIdeiTiWY';
const THIRD = 'X5PE_6Z3nTWXl_N9b6mV9Ojum2mqj7DpHbvUUh4fals';

describe('the blind index', () => {
  // Computed with Python's hmac over the JCS text.
  it('has the entries an independent implementation makes', () => {
    expect(blindIndexEntries({ phones: ['+49 30 1234567'], emails: ['Zoe@Example.org'] }, pepper)).toEqual([
      { kind: 'email', mac: 'SogcTOWxKwIOOViRLQiC8xpBLK4s1_0usKX2s2ttakw' },
      { kind: 'phone', mac: 'YaLuGYr88DQD5pn0zUEHAasnsPOqoy8BIzbD7gHyZvU' },
    ]);
  });

  it('has each address once and leaves out what is none', () => {
    expect(macs({ emails: ['a@b', 'A@B ', 'none'], phones: ['0000000'] })).toHaveLength(1);
    expect(macs({})).toEqual([]);
  });

  it('is another under another pepper, its version and for another kind', () => {
    const [stranger] = keyRing(40).peppers;
    const all = [
      ...macs({ emails: ['a@b'] }),
      ...macs({ emails: ['a@b'] }, stranger),
      ...macs({ emails: ['a@b'] }, { ...pepper, version: 2 }),
      ...macs({ phones: ['1234567'] }),
    ];
    expect(new Set(all).size).toBe(4);
  });

  it('is under a later pepper what that makes of the one before, whatever it is computed from', () => {
    const ring = new HeldRing();
    for (let rotations = 0; rotations < 2; rotations += 1) ring.addPepper();
    const [entry] = blindIndexEntries({ emails: ['Zoe@Example.org'] }, pepper);
    const { kind, macs } = underEach(entry!, ring);
    expect(macs).toEqual([entry!.mac, SECOND, THIRD]);
    for (const [at, mac] of macs.entries())
      expect(underNewest({ kind, pepperVersion: at + 1, mac }, ring)).toBe(macs.at(-1));
    expect(underEach({ kind: 'phone', mac: entry!.mac }, ring).macs[1]).not.toBe(macs[1]);
  });
});
