import type { Leaf } from '../contracts/leaf.js';
import { StreamChains } from './stream-chains.js';

const hashOf = (rev: number): string => String(rev).padStart(64, 'a');

const leaf = (rev: number, more: Partial<Leaf> = {}): Leaf => ({
  v: 1,
  eventId: `event-${rev}`,
  stream: 'lead-a',
  rev: String(rev),
  ...(rev === 0 ? {} : { prev: hashOf(rev - 1) }),
  type: 'StewardTransferred.v1',
  actor: { kind: 'human', id: 'maria', role: 'marketing' },
  authn: { iss: 'issuer', how: 'oidc' },
  occurredAt: '2026-01-01T00:00:00.000Z',
  recordedAt: '2026-01-01T00:00:00.000Z',
  change: { steward: { from: rev === 0 ? null : { team: `t${rev - 1}` }, to: { team: `t${rev}` } } },
  dataHash: 'b'.repeat(64),
  metaHash: 'c'.repeat(64),
  ...more,
});

/** Takes leaves one after the other, each at ten times its place; answers the first broken rule. */
function followed(leaves: readonly Leaf[], whole = true) {
  const chains = new StreamChains(whole);
  for (const [at, one] of leaves.entries()) {
    const broken = chains.take(one, hashOf(Number(one.rev)), at * 10);
    if (broken) return { ...broken, chains };
  }
  return { rule: 'holds', index: undefined, chains };
}

describe('the leaves of a stream', () => {
  it('follow each other from the first, whatever other streams have between', () => {
    const others = [0, 1].map((rev) => leaf(rev, { stream: 'lead-b' }));
    expect(followed([leaf(0), others[0]!, leaf(1), leaf(2), others[1]!]).rule).toBe('holds');
  });

  it.each([
    ['a gap', [leaf(0), leaf(2)], 10, 'revision 2 follows 0'],
    ['a doubled leaf', [leaf(0), leaf(1), leaf(1)], 20, 'revision 1 follows 1'],
    ['two leaves that changed places', [leaf(0), leaf(2), leaf(1)], 10, 'revision 2 follows 0'],
    ['a beginning that is missing', [leaf(1)], 0, 'the stream begins with revision 1'],
    ['a first leaf after another', [leaf(0, { prev: hashOf(9) })], 0, 'the first leaf of a stream has a predecessor'],
    ['another leaf before', [leaf(0), leaf(1, { prev: hashOf(7) })], 10, 'prev is not the leaf before'],
    [
      'no leaf before',
      [leaf(0), { ...leaf(1), prev: undefined } as unknown as Leaf],
      10,
      'prev is not the leaf before',
    ],
    ['an owner out of nothing', [leaf(0, { change: leaf(2).change! })], 0, 'change of steward is not from what was'],
    [
      'another owner before',
      [leaf(0), leaf(1, { change: leaf(2).change! })],
      10,
      'change of steward is not from what was',
    ],
  ])('do not follow each other with %s', (_, leaves, index, rule) => {
    expect(followed(leaves)).toMatchObject({ index, rule });
  });

  it('remember an owner over leaves that change none', () => {
    const { change: _, ...silent } = leaf(1);
    const late = (rev: number) => leaf(2, { change: leaf(rev).change! });
    expect(followed([leaf(0), silent, late(1)]).rule).toBe('holds');
    expect(followed([leaf(0), silent, late(2)]).rule).toBe('change of steward is not from what was');
  });
});

describe('parts of a log that were followed apart', () => {
  const joined = (before: readonly Leaf[], after: readonly Leaf[]) => {
    const { chains } = followed(before);
    const part = followed(after, false).chains.chains.get('lead-a')!;
    return chains.join('lead-a', part) ?? chains.take(leaf(4), hashOf(4), 99);
  };

  it('are one where the second continues the first, and go on', () => {
    expect(joined([leaf(0), leaf(1)], [leaf(2), leaf(3)])).toBeUndefined();
  });

  it.each([
    ['a gap', [leaf(0)], [leaf(2), leaf(3)], 'revision 2 follows 0'],
    ['another leaf before', [leaf(0), leaf(1)], [leaf(2, { prev: hashOf(0) }), leaf(3)], 'prev is not the leaf before'],
    [
      'another owner before, said only by the part’s second leaf',
      [leaf(0), leaf(1)],
      [{ ...leaf(2), change: undefined } as unknown as Leaf, leaf(3)],
      'change of steward is not from what was',
    ],
  ])('are not with %s', (_, before, after, rule) => {
    expect(joined(before, after)).toEqual({ index: 0, rule });
  });
});
