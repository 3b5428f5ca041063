import { TILE_WIDTH } from './tile-path.js';

/** A tile of hashes in a tree of a certain size. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256 */
  readonly width: number;
}

/** Hashes at a level of tiles: the full subtrees of 256^level leaves. */
export function hashesAtLevel(size: number, level: number): number {
  let hashes = size;
  for (let below = 0; below < level && hashes > 0; below += 1) hashes = Math.floor(hashes / TILE_WIDTH);
  return hashes;
}

/** How many of a tile's hashes a tree of a size has: 256, fewer at the right edge, 0 beyond. */
export function tileWidth(size: number, level: number, index: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, hashesAtLevel(size, level) - index * TILE_WIDTH));
}

/** The tiles at the right edge, level by level from 0: the partial ones, and none where a level ends with a full one. */
export function rightEdge(size: number): readonly Tile[] {
  const edge: Tile[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const width = hashes % TILE_WIDTH;
    if (width > 0) edge.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return edge;
}

/** Every tile of a tree, each once, in the width that the size gives it: what a full check reads. */
export function* allTiles(size: number): Generator<Tile> {
  for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE_WIDTH)) {
    for (let index = 0; index * TILE_WIDTH < hashes; index += 1)
      yield { level, index, width: tileWidth(size, level, index) };
  }
}
