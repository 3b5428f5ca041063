import { nodeHashOfTexts } from './merkle-hash.js';
import { splitPoint } from './tree-size.js';

/** A whole tree of a few leaves, at hand at once. Each hash is in base64, in which proofs carry it. */
export interface ProvenTree {
  readonly root: string;
  /** of each leaf, PATH of RFC 6962, section 2.1.1: from its sibling up */
  readonly paths: readonly (readonly string[])[];
}

/** The proofs of all leaves of a tree that is kept nowhere. @throws RangeError without a leaf, or for what is no hash */
export function inclusionPaths(leafHashes: readonly string[]): ProvenTree {
  const paths: string[][] = leafHashes.map(() => []);
  const rootOf = (begin: number, end: number): string => {
    const leaf = leafHashes[begin];
    if (leaf === undefined) throw new RangeError('a tree without leaves proves nothing');
    if (end - begin === 1) return leaf;
    const middle = begin + splitPoint(end - begin);
    const [left, right] = [rootOf(begin, middle), rootOf(middle, end)];
    for (let at = begin; at < end; at += 1) paths[at]?.push(at < middle ? right : left);
    return nodeHashOfTexts(left, right);
  };
  return { root: rootOf(0, leafHashes.length), paths };
}
