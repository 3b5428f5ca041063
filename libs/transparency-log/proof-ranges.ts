import { isSize, splitPoint } from './tree-size.js';

/** The leaves from `begin` up to, not including, `end`; a proof is a list of roots over such ranges. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * PATH(index, D[size]) of RFC 6962, section 2.1.1, from the leaf's sibling up.
 *
 * @throws RangeError when the tree has no such leaf
 */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  if (!isSize(index) || !isSize(size) || index >= size) throw new RangeError(`a tree of ${size} has no leaf ${index}`);
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitPoint(end - begin);
    ranges.push(index < middle ? { begin: middle, end } : { begin, end: middle });
    if (index < middle) end = middle;
    else begin = middle;
  }
  return ranges.reverse();
}

/**
 * PROOF(oldSize, D[newSize]) of RFC 6962, section 2.1.2. Empty between equal sizes and from the empty tree.
 *
 * @throws RangeError when the old tree is the larger one
 */
export function consistencyRanges(oldSize: number, newSize: number): readonly LeafRange[] {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize)
    throw new RangeError(`there is no proof from ${oldSize} to ${newSize} leaves`);
  if (oldSize === 0) return [];
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, newSize];
  while (oldSize !== end) {
    const middle = begin + splitPoint(end - begin);
    ranges.push(oldSize <= middle ? { begin: middle, end } : { begin, end: middle });
    if (oldSize <= middle) end = middle;
    else begin = middle;
  }
  // The old tree itself is known to the verifier; a part of it is not.
  if (begin > 0) ranges.push({ begin, end });
  return ranges.reverse();
}
