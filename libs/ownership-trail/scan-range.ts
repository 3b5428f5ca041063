import { HASH_BYTES, leafHash, nodeHash } from '../transparency-log/merkle-hash.js';
import { TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';
import { tileWidth } from '../transparency-log/tile-shape.js';
import { parseLeaf } from '../contracts/leaf.js';
import { StreamChains, type BrokenRule, type Chain } from './stream-chains.js';
import { TrailFolder } from './trail-folder.js';

/** Tiles of level 0 from `begin` up to, not including, `end`, of a log of `size` leaves. */
export interface ScanTask {
  readonly folder: string;
  readonly size: number;
  readonly begin: number;
  readonly end: number;
}

export interface ScanResult {
  /** the root of each full tile, in order: what level 1 must hold */
  readonly roots: readonly Uint8Array[];
  readonly chains: ReadonlyMap<string, Chain>;
  /** the first thing that is wrong */
  readonly broken?: BrokenRule;
}

/** Holds a part of a log's entries against its tiles and against each other. `onTile` is told after each bundle. */
export async function scanRange(task: ScanTask, onTile: () => void): Promise<ScanResult> {
  const { folder, size, begin, end } = task;
  const files = new TrailFolder(folder);
  const chains = new StreamChains(begin === 0);
  const roots: Uint8Array[] = [];
  const stopped = (index: number, rule: string): ScanResult => ({
    roots,
    chains: chains.chains,
    broken: { index, rule },
  });
  for (let tile = begin; tile < end; tile += 1) {
    const first = tile * TILE_WIDTH;
    const width = tileWidth(size, 0, tile);
    const entries = await files.entries(tile, width);
    if (!entries.ok) return stopped(first, entries.problem);
    const hashes = await files.readTile({ level: 0, index: tile, width });
    if (hashes.length !== width * HASH_BYTES)
      return stopped(first, `${tilePath({ level: 0, index: tile, width })} is missing or cut`);
    const leaves: Buffer[] = [];
    for (const [at, entry] of entries.value.entries()) {
      const hash = leafHash(entry);
      leaves.push(hash);
      if (hash.compare(hashes, at * HASH_BYTES, (at + 1) * HASH_BYTES) !== 0)
        return stopped(first + at, 'the entry is not the leaf of the tree');
      const leaf = parseLeaf(entry);
      if (!leaf.ok) return stopped(first + at, leaf.problem);
      const broken = chains.take(leaf.value, hash.toString('hex'), first + at);
      if (broken) return stopped(broken.index, broken.rule);
    }
    if (width === TILE_WIDTH) roots.push(rootOf(leaves));
    onTile();
  }
  return { roots, chains: chains.chains };
}

/** Of 256 hashes. */
function rootOf(hashes: Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, at) =>
      nodeHash(level[2 * at] ?? EMPTY, level[2 * at + 1] ?? EMPTY),
    );
  return level[0] ?? EMPTY;
}
const EMPTY = Buffer.alloc(0);
