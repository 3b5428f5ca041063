import { nodeHash } from './merkle-hash.js';
import { splitPoint } from './tree-size.js';

type Hash = Uint8Array;

/** A whole tree of a few leaves, at hand at once. */
export interface ProvenTree {
  readonly root: Hash;
  /** of each leaf, PATH of RFC 6962, section 2.1.1: from its sibling up */
  readonly paths: readonly (readonly Hash[])[];
}

/** The proofs of all leaves of a tree that is kept nowhere. @throws RangeError without a leaf, or for what is no hash */
export function inclusionPaths(leafHashes: readonly Hash[]): ProvenTree {
  const paths: Hash[][] = leafHashes.map(() => []);
  const rootOf = (begin: number, end: number): Hash => {
    const leaf = leafHashes[begin];
    if (leaf === undefined) throw new RangeError('a tree without leaves proves nothing');
    if (end - begin === 1) return leaf;
    const middle = begin + splitPoint(end - begin);
    const [left, right] = [rootOf(begin, middle), rootOf(middle, end)];
    for (let at = begin; at < end; at += 1) paths[at]?.push(at < middle ? right : left);
    return nodeHash(left, right);
  };
  return { root: rootOf(0, leafHashes.length), paths };
}
