import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './merkle-hash.js';
import { consistencyRanges, inclusionRanges, type LeafRange } from './proof-ranges.js';
import { TILE_HEIGHT, TILE_WIDTH, tilePath } from './tile-path.js';
import { tileWidth, type Tile } from './tile-shape.js';
import { splitPoint } from './tree-size.js';

/** Gives the bytes of a tile, from files, a server or memory. What it gives is not trusted: the proofs are verified. */
export type TileReader = (tile: Tile) => Promise<Uint8Array>;

/** A tile that is not there or has another length than its place in the tree asks for. */
export class TileFault extends Error {
  override name = 'TileFault';
  readonly disclosable = true;
  constructor(readonly path: string) {
    super(`${path} is not a whole tile`);
  }
}

/** A full subtree: 2^height leaves, the index-th of its kind. */
interface FullNode {
  readonly height: number;
  readonly index: number;
}

/**
 * Proofs and roots of one tree, computed from the tiles that they need. Each tile is read once and each of its inner
 * nodes hashed once, however many proofs ask for it; what is held grows with the tiles that were touched.
 */
export class TileHashes {
  readonly #tiles = new Map<string, Promise<void>>();
  readonly #bytes = new Map<string, Uint8Array>();
  /** those within a tile that were asked for */
  readonly #nodes = new Map<string, Uint8Array>();

  constructor(
    private readonly read: TileReader,
    readonly size: number,
  ) {}

  /** @throws RangeError when the tree has no such leaf; TileFault; whatever the reader throws */
  async inclusion(index: number): Promise<readonly Buffer[]> {
    return this.#roots(inclusionRanges(index, this.size));
  }

  /** From an older, smaller tree to this one. @throws as `inclusion` */
  async consistency(oldSize: number): Promise<readonly Buffer[]> {
    return this.#roots(consistencyRanges(oldSize, this.size));
  }

  /** The root of a full tile, which the level above must hold. @throws as `inclusion` */
  async tileRoot(level: number, index: number): Promise<Uint8Array> {
    const height = level * TILE_HEIGHT + TILE_HEIGHT;
    await this.#load({ height: height - TILE_HEIGHT, index: index * TILE_WIDTH });
    return this.#joined(height, index, height - TILE_HEIGHT);
  }

  /** The root as the tiles of the right edge give it. */
  async root(): Promise<Buffer> {
    const [root = EMPTY_ROOT] = await this.#roots([{ begin: 0, end: this.size }]);
    return root;
  }

  async #roots(ranges: readonly LeafRange[]): Promise<readonly Buffer[]> {
    await Promise.all(ranges.flatMap(fullNodes).map((node) => this.#load(node)));
    return ranges.map((range) => Buffer.from(this.#root(range)));
  }

  #root({ begin, end }: LeafRange): Uint8Array {
    if (begin === end) return EMPTY_ROOT;
    const node = fullNode(begin, end);
    if (node !== undefined) return this.#node(node.height, node.index);
    const middle = begin + splitPoint(end - begin);
    return nodeHash(this.#root({ begin, end: middle }), this.#root({ begin: middle, end }));
  }

  /** A node that a loaded tile holds, or two of its nodes give. */
  #node(height: number, index: number): Uint8Array {
    const inTile = height % TILE_HEIGHT === 0 ? this.#hashInTile(height / TILE_HEIGHT, index) : undefined;
    if (inTile !== undefined) return inTile;
    const key = `${height}/${index}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    if (height === 0) throw new RangeError('a tile that was not loaded is needed');
    const joined = nodeHash(this.#node(height - 1, 2 * index), this.#node(height - 1, 2 * index + 1));
    this.#nodes.set(key, joined);
    return joined;
  }

  #hashInTile(level: number, index: number): Uint8Array | undefined {
    const at = (index % TILE_WIDTH) * HASH_BYTES;
    return this.#bytes.get(`${level}/${Math.floor(index / TILE_WIDTH)}`)?.subarray(at, at + HASH_BYTES);
  }

  /** From the nodes of one height up, whatever tiles above say. */
  #joined(height: number, index: number, from: number): Uint8Array {
    if (height === from) return this.#node(height, index);
    return nodeHash(this.#joined(height - 1, 2 * index, from), this.#joined(height - 1, 2 * index + 1, from));
  }

  async #load({ height, index }: FullNode): Promise<void> {
    const level = Math.floor(height / TILE_HEIGHT);
    const at = Math.floor((index * 2 ** (height % TILE_HEIGHT)) / TILE_WIDTH);
    const tile = { level, index: at, width: tileWidth(this.size, level, at) };
    const key = `${level}/${at}`;
    const loading = this.#tiles.get(key) ?? this.#readTile(tile);
    this.#tiles.set(key, loading);
    await loading;
  }

  async #readTile(tile: Tile): Promise<void> {
    const bytes = await this.read(tile);
    if (bytes.length !== tile.width * HASH_BYTES) throw new TileFault(tilePath(tile));
    this.#bytes.set(`${tile.level}/${tile.index}`, bytes);
  }
}

/** A range as a full subtree, where it is one; every range of a proof begins where such a subtree may begin. */
function fullNode(begin: number, end: number): FullNode | undefined {
  let height = 0;
  while (2 ** height < end - begin) height += 1;
  const leaves = 2 ** height;
  return leaves === end - begin && begin % leaves === 0 ? { height, index: begin / leaves } : undefined;
}

function fullNodes({ begin, end }: LeafRange): readonly FullNode[] {
  if (begin === end) return [];
  const node = fullNode(begin, end);
  if (node !== undefined) return [node];
  const middle = begin + splitPoint(end - begin);
  return [...fullNodes({ begin, end: middle }), ...fullNodes({ begin: middle, end })];
}

/** @throws RangeError when the tree has no such leaf; TileFault */
export const proveInclusion = (read: TileReader, index: number, size: number): Promise<readonly Buffer[]> =>
  new TileHashes(read, size).inclusion(index);

/** @throws RangeError when the old tree is the larger one; TileFault */
export const proveConsistency = (read: TileReader, oldSize: number, newSize: number): Promise<readonly Buffer[]> =>
  new TileHashes(read, newSize).consistency(oldSize);

/** The root as the tiles of its right edge give it. @throws TileFault */
export const rootFromTiles = (read: TileReader, size: number): Promise<Buffer> => new TileHashes(read, size).root();
