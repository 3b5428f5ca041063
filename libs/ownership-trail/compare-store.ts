import { parseLeaf } from '../contracts/leaf.js';
import { TILE_WIDTH } from '../transparency-log/tile-path.js';
import { tileWidth } from '../transparency-log/tile-shape.js';
import type { PlacedLeaf } from './leaf-ownership.js';
import { differenceOf, StoreFollower, type StoreReading } from './store-follower.js';
import type { TrailReader } from './trail-reader.js';

/** What store and log have against each other, at a leaf or, after the last one, of an event. */
export interface StoreDifference {
  readonly index?: number;
  readonly rule: string;
}

/**
 * Holds a whole log and its store against each other, both ways: every leaf's event is in the store as it was sealed,
 * in the same order, and every event recorded before `due` (ISO 8601) has its leaf.
 */
export async function compareWithStore(
  log: TrailReader,
  size: number,
  store: StoreReading,
  due: string,
  onProgress: (leaves: number) => void = () => undefined,
): Promise<StoreDifference | undefined> {
  const follower = new StoreFollower(store);
  for (let tile = 0; tile * TILE_WIDTH < size; tile += 1) {
    const entries = await log.entries(tile, tileWidth(size, 0, tile));
    if (!entries.ok) return { index: tile * TILE_WIDTH, rule: entries.problem };
    for (const [at, entry] of entries.value.entries()) {
      const index = tile * TILE_WIDTH + at;
      const leaf = parseLeaf(entry);
      const rule = leaf.ok ? await follower.problemOf(leaf.value) : leaf.problem;
      if (rule !== undefined) return { index, rule };
    }
    onProgress(Math.min(size, (tile + 1) * TILE_WIDTH));
  }
  const overdue = await follower.overdue(due);
  return overdue === undefined ? undefined : { rule: overdue };
}

const PAGE = 1_000;

/** The same for one stream, whose leaves are all given. */
export async function compareStream(
  leaves: readonly PlacedLeaf[],
  store: StoreReading,
  due: string | undefined,
): Promise<StoreDifference | undefined> {
  const stream = leaves[0]?.leaf.stream;
  if (stream === undefined) return undefined;
  for (let from = 0; ; from += PAGE) {
    const events = await store.readStream(stream, { from, limit: PAGE });
    for (let at = 0; at < PAGE; at += 1) {
      const [event, placed] = [events[at], leaves[from + at]];
      if (event === undefined && placed === undefined) return undefined;
      if (placed === undefined) {
        const recordedAt = event?.metadata['recordedAt'];
        if (due === undefined || (typeof recordedAt === 'string' && recordedAt >= due)) continue;
        return { rule: `event ${event?.id} has no leaf` };
      }
      const rule = event === undefined ? 'the store has no event of this leaf' : differenceOf(event, placed.leaf);
      if (rule !== undefined) return { index: placed.index, rule };
    }
  }
}
