import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { inclusionPaths } from '../transparency-log/inclusion-paths.js';
import { encodeBase64 } from '../transparency-log/base64.js';
import { leafHashOfText } from '../transparency-log/merkle-hash.js';
import { privateKeyOf } from '../transparency-log/ed25519.js';
import { batchText, isSignature, MOST_IN_BATCH, signatureHolds, type EventSignature } from './event-signature.js';

const KEY = privateKeyOf(Buffer.alloc(32, 5));
const PUBLIC = createPublicKey(KEY);
const signed = (text: string, by: KeyObject = KEY): string => sign(null, Buffer.from(text), by).toString('base64');
const textOf = (at: number): Buffer => Buffer.from(`{"eventId":"${at}"}`);

/** The signatures of so many events that were signed together. */
function batchOf(size: number, by?: KeyObject): readonly EventSignature[] {
  const { root, paths } = inclusionPaths(
    Array.from({ length: size }, (_, at) => leafHashOfText(textOf(at).toString())),
  );
  const ed25519 = signed(batchText(size, root), by);
  return paths.map((path, index) => ({
    key: '0123abcd',
    ed25519,
    batch: { size, index, path },
  }));
}

const anyBatch = fc
  .integer({ min: 2, max: 40 })
  .chain((size) => fc.record({ size: fc.constant(size), at: fc.nat(size - 1) }));
const bitFlipped = (base64: string, bit: number): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
  return bytes.toString('base64');
};

/** Whether it is taken: of the right form, and holding. */
const holds = (text: Buffer, sig: unknown): boolean => isSignature(sig) && signatureHolds(text, sig, PUBLIC);

describe('The signature of a batch', () => {
  it('holds for each of its events, and for no other', () => {
    for (const size of [2, 3, 7, 8, 33, MOST_IN_BATCH]) {
      for (const [at, sig] of batchOf(size).entries()) {
        expect(holds(textOf(at), sig)).toBe(true);
        expect(holds(textOf((at + 1) % size), sig)).toBe(false);
      }
    }
  });

  it('does not hold with any bit of path or signature turned', () => {
    fc.assert(
      fc.property(anyBatch, fc.nat(), fc.nat(), ({ size, at }, bit, which) => {
        const sig = batchOf(size)[at]!;
        const { path } = sig.batch!;
        const turned = which % path.length;
        const batch = { ...sig.batch!, path: path.map((hash, n) => (n === turned ? bitFlipped(hash, bit) : hash)) };
        // What was believed of the batch before does not help either.
        expect(holds(textOf(at), sig)).toBe(true);
        expect(holds(textOf(at), { ...sig, batch })).toBe(false);
        expect(holds(textOf(at), { ...sig, ed25519: bitFlipped(sig.ed25519, bit) })).toBe(false);
      }),
    );
  });

  it('does not hold at any other index, nor for any other size', () => {
    fc.assert(
      fc.property(anyBatch, ({ size, at }) => {
        const sig = batchOf(size)[at]!;
        for (let other = 0; other < MOST_IN_BATCH; other += 1) {
          if (other !== at) expect(holds(textOf(at), { ...sig, batch: { ...sig.batch, index: other } })).toBe(false);
          if (other !== size) expect(holds(textOf(at), { ...sig, batch: { ...sig.batch, size: other } })).toBe(false);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('does not hold without its place, nor does that of an event with one', () => {
    const [sig] = batchOf(2);
    const alone = { key: sig!.key, ed25519: signed(textOf(0).toString()) };
    expect(holds(textOf(0), alone)).toBe(true);
    expect(holds(textOf(0), { key: sig!.key, ed25519: sig!.ed25519 })).toBe(false);
    expect(holds(textOf(0), { ...alone, batch: sig!.batch })).toBe(false);
  });

  it('made with another key does not hold, also where the same batch was believed of this one', () => {
    const theirs = privateKeyOf(Buffer.alloc(32, 6));
    expect(batchOf(4).every((sig, at) => holds(textOf(at), sig))).toBe(true);
    const [sig] = batchOf(4, theirs);
    expect(holds(textOf(0), sig)).toBe(false);
    expect(signatureHolds(textOf(0), sig!, createPublicKey(theirs))).toBe(true);
    expect(signatureHolds(textOf(0), batchOf(4)[0]!, createPublicKey(theirs))).toBe(false);
  });

  it('is still found wrong after more batches than are remembered', () => {
    for (let size = 2; size < 100; size += 1) expect(holds(textOf(0), batchOf(size)[0])).toBe(true);
    const [sig] = batchOf(2);
    expect(holds(textOf(0), sig)).toBe(true);
    expect(holds(textOf(0), { ...sig, ed25519: batchOf(3)[0]!.ed25519 })).toBe(false);
  });

  it('of a text that an event cannot have: what is signed for a batch is no JSON', () => {
    expect(batchText(2, encodeBase64(Buffer.alloc(32)))).toBe(
      'baton-events/v1\nsize 2\nroot AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n',
    );
  });
});

describe('A signature is of no known form', () => {
  const [sig] = batchOf(2) as [EventSignature];
  const [sibling] = sig.batch!.path as [string];
  const place = (batch: object): object => ({ ...sig, batch: { ...sig.batch, ...batch } });
  it.each<[string, unknown]>([
    ['of a batch of one', place({ size: 1, path: [] })],
    ['of too large a batch', place({ size: MOST_IN_BATCH + 1 })],
    ['of half an event', place({ index: 0.5 })],
    ['with a size that is text', place({ size: '2' })],
    ['at an index below none', place({ index: -1 })],
    ['at an index past the end', place({ index: 2 })],
    ['without a path', place({ path: [] })],
    ['with a hash too many', place({ path: [sibling, sibling] })],
    ['with part of a hash', place({ path: [Buffer.alloc(31).toString('base64')] })],
    ['with a path that is not padded', place({ path: [sibling.replace('=', '')] })],
    ['with stray bits in its path', place({ path: [`${sibling.slice(0, -2)}${sibling.at(-2) === 'B' ? 'C' : 'B'}=`] })],
    ['with a path in base64url', place({ path: [`-${sibling.slice(1)}`] })],
    ['with a path that is one text', place({ path: sibling })],
    ['with stray bits in its signature', { ...sig, ed25519: `${sig.ed25519.slice(0, -3)}B==` }],
    ['with more than it has', place({ root: sibling })],
    ['with more beside', { ...sig, more: 1 }],
    ['without a key', { ed25519: sig.ed25519 }],
    ['with nothing', null],
  ])('%s', (_, value) => {
    expect(isSignature(sig)).toBe(true);
    expect(isSignature(value)).toBe(false);
  });
});
