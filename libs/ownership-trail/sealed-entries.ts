import { HASH_BYTES, leafHash } from '../transparency-log/merkle-hash.js';
import { TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';
import { tileWidth } from '../transparency-log/tile-shape.js';
import { parseLeaf } from '../contracts/leaf.js';
import type { PlacedLeaf } from './leaf-ownership.js';
import type { TrailFolder } from './trail-folder.js';

/** The log cannot be read as what it is; one line that says where. */
export class LogUnreadable extends Error {
  override name = 'LogUnreadable';
  readonly disclosable = true;
}

/**
 * The leaves of a log of `size` from an index on, a bundle of at most 256 at a time; each entry is held against its
 * leaf hash in the tree.
 *
 * @throws LogUnreadable naming the leaf
 */
export async function* sealedEntries(
  files: Pick<TrailFolder, 'entries' | 'readTile'>,
  from: number,
  size: number,
): AsyncGenerator<readonly PlacedLeaf[]> {
  for (let tile = Math.floor(from / TILE_WIDTH); tile * TILE_WIDTH < size; tile += 1) {
    const first = tile * TILE_WIDTH;
    const width = tileWidth(size, 0, tile);
    const entries = await files.entries(tile, width);
    if (!entries.ok) throw new LogUnreadable(entries.problem);
    const hashes = await files.readTile({ level: 0, index: tile, width });
    if (hashes.length !== width * HASH_BYTES)
      throw new LogUnreadable(`${tilePath({ level: 0, index: tile, width })} is missing or cut`);
    const wanted = entries.value.slice(Math.max(0, from - first));
    yield wanted.map((entry, at) => placedLeaf(entry, first + width - wanted.length + at, hashes));
  }
}

function placedLeaf(entry: Uint8Array, index: number, hashes: Uint8Array): PlacedLeaf {
  const at = (index % TILE_WIDTH) * HASH_BYTES;
  if (leafHash(entry).compare(hashes, at, at + HASH_BYTES) !== 0)
    throw new LogUnreadable(`leaf ${index}: the entry is not the leaf of the tree`);
  const leaf = parseLeaf(entry);
  if (!leaf.ok) throw new LogUnreadable(`leaf ${index}: ${leaf.problem}`);
  return { index, leaf: leaf.value };
}
