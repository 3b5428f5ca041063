import { describeGolden, goldenFiles } from './golden.spec-kit.js';
import { EMPTY_ROOT, leafHash } from './merkle-hash.js';
import { verifyConsistency, verifyInclusion } from './merkle-proof.js';
import { proveConsistency, proveInclusion } from './tile-hashes.js';
import { grownTree } from './tree.spec-kit.js';

const base64 = (text: string): Buffer => Buffer.from(text, 'base64');
const hashes = (list: readonly string[] | null): Buffer[] => (list ?? []).map(base64);

interface InclusionCase {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}
interface ConsistencyCase {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

describeGolden('golden proofs', () => {
  it('of inclusion: all 98 are decided as they should be', () => {
    const cases = goldenFiles<InclusionCase>('rfc6962-merkle/testdata/inclusion');
    expect(cases).toHaveLength(98);
    for (const { path, value } of cases) {
      const { leafIdx: index, treeSize: size, root, proof } = value;
      const claim = { index, size, root: base64(root), leafHash: base64(value.leafHash), proof: hashes(proof) };
      expect([path, verifyInclusion(claim)]).toEqual([path, !value.wantErr]);
    }
  });

  it('of consistency: all 98 are decided as they should be', () => {
    const cases = goldenFiles<ConsistencyCase>('rfc6962-merkle/testdata/consistency');
    expect(cases).toHaveLength(98);
    for (const { path, value } of cases) {
      const { size1: oldSize, size2: newSize, root1, root2, proof } = value;
      const claim = { oldSize, oldRoot: base64(root1), newSize, newRoot: base64(root2), proof: hashes(proof) };
      expect([path, verifyConsistency(claim)]).toEqual([path, !value.wantErr]);
    }
  });
});

const MOST = 300;

it('proves nothing from the empty tree, of a leaf that is not there, or backward', async () => {
  const { tree, tiles } = grownTree(MOST);
  expect(await proveConsistency(tiles.read, 0, MOST)).toEqual([]);
  const claim = { oldSize: 0, oldRoot: EMPTY_ROOT, newSize: MOST, newRoot: tree.root(), proof: [] };
  expect(verifyConsistency(claim)).toBe(false);
  expect(verifyConsistency({ ...claim, newSize: 0, newRoot: claim.oldRoot })).toBe(false);
  await expect(proveInclusion(tiles.read, MOST, MOST)).rejects.toThrow(RangeError);
  await expect(proveInclusion(tiles.read, -1, MOST)).rejects.toThrow(RangeError);
  await expect(proveConsistency(tiles.read, 5, 4)).rejects.toThrow(RangeError);
});

it('a proof longer than any tree is refused before anything is hashed', () => {
  const hash = leafHash(Buffer.from('x'));
  const proof = Array<Buffer>(64).fill(hash);
  expect(verifyInclusion({ leafHash: hash, index: 0, size: Number.MAX_SAFE_INTEGER, root: hash, proof })).toBe(false);
});
