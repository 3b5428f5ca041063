import { HASH_BYTES, EMPTY_ROOT, nodeHash } from './merkle-hash.js';
import { TILE_HEIGHT, TILE_WIDTH } from './tile-path.js';
import { hashesAtLevel, rightEdge, type Tile } from './tile-shape.js';

/** A tile with its hashes, one after the other. */
export interface WrittenTile extends Tile {
  readonly bytes: Uint8Array;
}

/** The tile at the right edge of one level, being filled. */
interface OpenTile {
  index: number;
  width: number;
  /** room for all 256 hashes */
  bytes: Buffer;
  /** whether it grew since tiles were last taken */
  changed: boolean;
}

/**
 * A tree to which leaves are only added. It holds the right edge alone, a few hundred hashes for any size, and computes
 * one hash per leaf on average: nodes at the border of a level of tiles fall out of the same work.
 */
export class GrowingTree {
  #size = 0;
  /** by height: the root of the full subtree that the size's bit of that height stands for */
  readonly #frontier: (Uint8Array | undefined)[] = [];
  readonly #open: OpenTile[] = [];
  #full: WrittenTile[] = [];

  /**
   * Goes on from a tree that was written before.
   *
   * @param edge the bytes of the tiles of `rightEdge(size)`, in its order
   * @throws RangeError when they are not those tiles in length; whether they hash to the root, the caller compares
   */
  static resume(size: number, edge: readonly Uint8Array[]): GrowingTree {
    const tree = new GrowingTree();
    const tiles = rightEdge(size);
    if (edge.length !== tiles.length) throw new RangeError(`a tree of ${size} has ${tiles.length} tiles at its edge`);
    tree.#size = size;
    for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = hashesAtLevel(size, level))
      tree.#open.push(emptyTile(Math.floor(hashes / TILE_WIDTH)));
    for (const [at, { level, width }] of tiles.entries()) {
      const bytes = edge[at];
      const open = tree.#open[level];
      if (bytes?.length !== width * HASH_BYTES || !open)
        throw new RangeError(`the tile at level ${level} is not whole`);
      open.bytes.set(bytes);
      open.width = width;
      tree.#restoreFrontier(level, open);
    }
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** @throws RangeError for what is no hash */
  append(leafHash: Uint8Array): void {
    if (leafHash.length !== HASH_BYTES) throw new RangeError(`a leaf hash has ${HASH_BYTES} bytes`);
    let node: Uint8Array = Buffer.from(leafHash);
    this.#place(0, node);
    let height = 0;
    for (let left; (left = this.#frontier[height]) !== undefined;) {
      node = nodeHash(left, node);
      this.#frontier[height] = undefined;
      height += 1;
      if (height % TILE_HEIGHT === 0) this.#place(height / TILE_HEIGHT, node);
    }
    this.#frontier[height] = node;
    this.#size += 1;
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const left of this.#frontier) {
      if (left !== undefined) root = root === undefined ? left : nodeHash(left, root);
    }
    return root ?? EMPTY_ROOT;
  }

  /** The tiles that were completed or grew since the last call: all that a checkpoint of this size needs on top. */
  takeTiles(): readonly WrittenTile[] {
    const taken = this.#full;
    this.#full = [];
    for (const [level, open] of this.#open.entries()) {
      if (!open.changed || open.width === 0) continue;
      open.changed = false;
      const bytes = Buffer.from(open.bytes.subarray(0, open.width * HASH_BYTES));
      taken.push({ level, index: open.index, width: open.width, bytes });
    }
    return taken;
  }

  #place(level: number, hash: Uint8Array): void {
    const open = (this.#open[level] ??= emptyTile(0));
    open.bytes.set(hash, open.width * HASH_BYTES);
    open.width += 1;
    open.changed = true;
    if (open.width < TILE_WIDTH) return;
    this.#full.push({ level, index: open.index, width: TILE_WIDTH, bytes: open.bytes });
    this.#open[level] = emptyTile(open.index + 1);
  }

  /** The full subtrees within a partial tile: one for each bit of its width, the largest first. */
  #restoreFrontier(level: number, { width, bytes }: OpenTile): void {
    let from = 0;
    for (let height = TILE_HEIGHT - 1; height >= 0; height -= 1) {
      const count = 2 ** height;
      if ((width & count) === 0) continue;
      this.#frontier[level * TILE_HEIGHT + height] = subtreeRoot(bytes, from, count);
      from += count;
    }
  }
}

const emptyTile = (index: number): OpenTile => ({
  index,
  width: 0,
  bytes: Buffer.alloc(TILE_WIDTH * HASH_BYTES),
  changed: false,
});

/** The root over `count` (a power of two) hashes of a tile. */
function subtreeRoot(bytes: Uint8Array, from: number, count: number): Buffer {
  if (count === 1) return Buffer.from(bytes.subarray(from * HASH_BYTES, (from + 1) * HASH_BYTES));
  const half = count / 2;
  return nodeHash(subtreeRoot(bytes, from, half), subtreeRoot(bytes, from + half, half));
}
