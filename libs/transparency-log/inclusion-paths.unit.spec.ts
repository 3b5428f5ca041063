import { encodeBase64 } from './base64.js';
import { inclusionPaths } from './inclusion-paths.js';
import { verifyInclusion } from './merkle-proof.js';
import { leafHashes, ReferenceTree } from './tree.spec-kit.js';

describe('The proofs of a small tree', () => {
  it('are those of RFC 6962 for every leaf of many sizes, and hold', () => {
    for (const size of [...Array.from({ length: 40 }, (_, at) => at + 1), 255]) {
      const leaves = leafHashes(size);
      const reference = new ReferenceTree(leaves);
      const { root, paths } = inclusionPaths(leaves.map(encodeBase64));
      expect(root).toBe(encodeBase64(reference.root(0, size)));
      for (const [index, path] of paths.entries()) {
        const proof = path.map((text) => Buffer.from(text, 'base64'));
        expect(Buffer.concat(proof).equals(Buffer.concat(reference.path(index, 0, size)))).toBe(true);
        expect(verifyInclusion({ leafHash: leaves[index]!, index, size, root: reference.root(0, size), proof })).toBe(
          true,
        );
      }
      expect(paths).toHaveLength(size);
    }
  });

  it('are not made of nothing, nor of what is no hash', () => {
    expect(() => inclusionPaths([])).toThrow(RangeError);
    expect(() => inclusionPaths([Buffer.alloc(32), Buffer.alloc(31)].map(encodeBase64))).toThrow(RangeError);
  });
});
