import { HASH_BYTES, nodeHash, sameHash } from './merkle-hash.js';
import { isSize } from './tree-size.js';

type Hash = Uint8Array;

/** More hashes than any tree of 2^53 leaves needs; a proof over it is refused before anything is computed. */
export const MOST_PROOF_HASHES = 63;

export interface InclusionClaim {
  readonly leafHash: Hash;
  /** from 0 */
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}

/** RFC 9162, section 2.1.3.2. False for whatever is wrong: index, size, length or any bit. Never throws. */
export function verifyInclusion({ root, ...place }: InclusionClaim): boolean {
  const computed = inclusionRoot(place);
  return computed !== undefined && sameHash(computed, root);
}

/**
 * The root of which the proof speaks: the only one that it proves anything of, to be held against one that is trusted.
 * Undefined where index, size and the number or length of hashes do not fit each other. Never throws.
 */
export function inclusionRoot({ leafHash, index, size, proof }: Omit<InclusionClaim, 'root'>): Hash | undefined {
  if (!isSize(index) || !isSize(size) || index >= size) return undefined;
  if (!areHashes([leafHash], proof)) return undefined;
  let fn = index;
  let sn = size - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      // A lone right edge has no sibling on its own levels: up to the one where it is a right child.
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = parents(fn, sn);
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = parents(fn, sn);
  }
  return sn === 0 ? hash : undefined;
}

export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Hash;
  readonly newSize: number;
  readonly newRoot: Hash;
  readonly proof: readonly Hash[];
}

/**
 * RFC 9162, section 2.1.4.2. Between equal sizes the roots must be equal and the proof empty. The empty tree is not
 * taken as an old one: it is consistent with anything, so a proof from it says nothing; whoever allows it (a witness
 * that has seen nothing yet) says so itself. Never throws.
 */
export function verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof }: ConsistencyClaim): boolean {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize === 0 || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && sameHash(oldRoot, newRoot);
  if (!areHashes([oldRoot, newRoot], proof)) return false;
  const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  if (proof.length === 0 || first === undefined) return false;

  let fn = oldSize - 1;
  let sn = newSize - 1;
  while (fn % 2 === 1) [fn, sn] = parents(fn, sn);
  let oldHash: Hash = first;
  let newHash: Hash = first;
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = parents(fn, sn);
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [fn, sn] = parents(fn, sn);
  }
  return sn === 0 && sameHash(oldHash, oldRoot) && sameHash(newHash, newRoot);
}

const parents = (fn: number, sn: number): [number, number] => [Math.floor(fn / 2), Math.floor(sn / 2)];

function isPowerOfTwo(size: number): boolean {
  let rest = size;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}

const areHashes = (roots: readonly Hash[], proof: readonly Hash[]): boolean =>
  proof.length <= MOST_PROOF_HASHES && [...roots, ...proof].every((hash) => hash.length === HASH_BYTES);
