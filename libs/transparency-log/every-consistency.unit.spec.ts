import { flipped, withBitFlipped } from './bit-flips.spec-kit.js';
import { verifyConsistency } from './merkle-proof.js';
import { TileHashes } from './tile-hashes.js';
import { grownTree, leafHashes, ReferenceTree } from './tree.spec-kit.js';

const MOST = 300;
const { tiles } = grownTree(MOST, () => true);
const reference = new ReferenceTree(leafHashes(MOST));

it(`every proof of consistency between trees of 1 to ${MOST} leaves is the one of RFC 6962, holds, and no longer holds with any of its hashes changed`, async () => {
  for (let newSize = 1; newSize <= MOST; newSize += 1) {
    const newRoot = reference.root(0, newSize);
    const hashes = new TileHashes(tiles.read, newSize);
    for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
      const proof = [...(await hashes.consistency(oldSize))];
      const claim = { oldSize, oldRoot: reference.root(0, oldSize), newSize, newRoot, proof };
      const wrong = [
        ...proof.map((_, at) => ({ ...claim, proof: flipped(proof, at) })),
        { ...claim, oldRoot: withBitFlipped(claim.oldRoot, oldSize) },
        { ...claim, newRoot: withBitFlipped(newRoot, newSize) },
        { ...claim, proof: [...proof, newRoot] },
        ...(proof.length > 0 ? [{ ...claim, proof: proof.slice(0, -1) }] : []),
        { ...claim, newSize: oldSize - 1 },
      ];
      const expected = reference.subproof(oldSize, 0, newSize, true);
      if (
        proof.length !== expected.length ||
        !proof.every((hash, at) => hash.equals(expected[at]!)) ||
        !verifyConsistency(claim) ||
        wrong.some(verifyConsistency)
      )
        throw new Error(`${oldSize} to ${newSize}`);
    }
  }
}, 300_000);
