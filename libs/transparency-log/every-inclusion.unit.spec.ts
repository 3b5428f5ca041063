import { flipped, withBitFlipped } from './bit-flips.spec-kit.js';
import { verifyInclusion } from './merkle-proof.js';
import { TileHashes } from './tile-hashes.js';
import { grownTree, leafHashes, ReferenceTree } from './tree.spec-kit.js';

const MOST = 300;
const { tiles } = grownTree(MOST, () => true);
const leaves = leafHashes(MOST);
const reference = new ReferenceTree(leaves);

it(`every proof of inclusion of every tree of 1 to ${MOST} leaves is the one of RFC 6962, holds, and no longer holds with any of its hashes changed`, async () => {
  for (let size = 1; size <= MOST; size += 1) {
    const root = reference.root(0, size);
    const hashes = new TileHashes(tiles.read, size);
    for (let index = 0; index < size; index += 1) {
      const proof = [...(await hashes.inclusion(index))];
      const claim = { leafHash: leaves[index]!, index, size, root, proof };
      const wrong = [
        ...proof.map((_, at) => ({ ...claim, proof: flipped(proof, at) })),
        { ...claim, leafHash: withBitFlipped(claim.leafHash, index) },
        { ...claim, root: withBitFlipped(root, size) },
        { ...claim, proof: [...proof, root] },
        { ...claim, proof: proof.slice(0, -1), index: proof.length > 0 ? index : size },
        { ...claim, index: index + 1 },
      ];
      if (
        !proof.every((hash, at) => hash.equals(reference.path(index, 0, size)[at]!)) ||
        !verifyInclusion(claim) ||
        wrong.some(verifyInclusion)
      )
        throw new Error(`leaf ${index} of ${size}`);
    }
  }
}, 300_000);
