import { GrowingTree, type WrittenTile } from './growing-tree.js';
import { EMPTY_ROOT, leafHash, nodeHash } from './merkle-hash.js';
import type { TileReader } from './tile-hashes.js';
import { tilePath } from './tile-path.js';
import { splitPoint } from './tree-size.js';

/** Different data at every index. */
export const leafData = (index: number): Buffer => Buffer.from(`leaf ${index}`);

export const leafHashes = (size: number): Buffer[] =>
  Array.from({ length: size }, (_, index) => leafHash(leafData(index)));

/** MTH of RFC 6962, word for word; remembers roots of full subtrees so that the large ones stay affordable. */
export class ReferenceTree {
  readonly #known = new Map<string, Buffer>();

  constructor(private readonly leaves: readonly Buffer[]) {}

  root(begin: number, end: number): Buffer {
    if (begin === end) return EMPTY_ROOT;
    if (end - begin === 1) return this.leaves[begin]!;
    const key = `${begin}-${end}`;
    const known = this.#known.get(key);
    if (known) return known;
    const middle = begin + splitPoint(end - begin);
    const root = nodeHash(this.root(begin, middle), this.root(middle, end));
    this.#known.set(key, root);
    return root;
  }

  /** PATH(m, D[n]) */
  path(index: number, begin: number, end: number): Buffer[] {
    if (end - begin === 1) return [];
    const middle = begin + splitPoint(end - begin);
    return index < middle
      ? [...this.path(index, begin, middle), this.root(middle, end)]
      : [...this.path(index, middle, end), this.root(begin, middle)];
  }

  /** SUBPROOF(m, D[n], b) */
  subproof(old: number, begin: number, end: number, complete: boolean): Buffer[] {
    if (old === end) return complete ? [] : [this.root(begin, end)];
    const middle = begin + splitPoint(end - begin);
    return old <= middle
      ? [...this.subproof(old, begin, middle, complete), this.root(middle, end)]
      : [...this.subproof(old, middle, end, false), this.root(begin, middle)];
  }
}

/** Tiles as files are: by path, kept for ever. */
export class MemoryTiles {
  readonly files = new Map<string, Uint8Array>();
  reads = 0;

  write(tiles: readonly WrittenTile[]): void {
    for (const tile of tiles) this.files.set(tilePath(tile), tile.bytes);
  }

  readonly read: TileReader = (tile) => {
    this.reads += 1;
    const bytes = this.files.get(tilePath(tile));
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`no ${tilePath(tile)}`));
  };
}

/** A tree of so many (or these) leaves, with the tiles of every size that a checkpoint was written for. */
export function grownTree(leaves: number | readonly Buffer[], checkpoints: (size: number) => boolean = () => false) {
  const [tree, tiles] = [new GrowingTree(), new MemoryTiles()];
  for (const hash of typeof leaves === 'number' ? leafHashes(leaves) : leaves) {
    tree.append(hash);
    if (checkpoints(tree.size)) tiles.write(tree.takeTiles());
  }
  tiles.write(tree.takeTiles());
  return { tree, tiles };
}
