import { parseLeaf } from '../contracts/leaf.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { HASH_BYTES, leafHash } from '../transparency-log/merkle-hash.js';
import { TILE_WIDTH } from '../transparency-log/tile-path.js';
import { tileWidth } from '../transparency-log/tile-shape.js';
import type { PlacedLeaf } from './leaf-ownership.js';
import { differenceOf, orUnreadable, StoreFollower, type StoreReading } from './store-follower.js';
import type { TrailReader } from './trail-reader.js';

/** What store and log have against each other, at a leaf or, after the last one, of an event. */
export interface StoreDifference {
  readonly index?: number;
  readonly rule: string;
  readonly eventId?: string;
}

/**
 * Holds a log against its store leaf by leaf, in the store's order: each leaf's event is in the store as it was sealed,
 * and no event before the last leaf is without one. In steps, so that it can go on beside other work.
 */
export class LogComparison {
  #index = 0;
  readonly #follower: StoreFollower;

  constructor(
    private readonly log: TrailReader,
    /** leaves of the log; more may stand in its files */
    private readonly size: number,
    store: StoreReading,
  ) {
    this.#follower = new StoreFollower(store);
  }

  /** found right so far */
  get leaves(): number {
    return this.#index;
  }

  get isDone(): boolean {
    return this.#index >= this.size;
  }

  /** The next bundle of leaves. Nothing is thrown for what is wrong with either; a fault of store or disk comes through. */
  async step(): Promise<StoreDifference | undefined> {
    const tile = Math.floor(this.#index / TILE_WIDTH);
    const width = tileWidth(this.size, 0, tile);
    const entries = await this.log.entries(tile, width);
    if (!entries.ok) return { index: this.#index, rule: entries.problem };
    const hashes = await this.log.readTile({ level: 0, index: tile, width });
    for (const [at, entry] of entries.value.entries()) {
      const index = tile * TILE_WIDTH + at;
      if (leafHash(entry).compare(hashes, at * HASH_BYTES, (at + 1) * HASH_BYTES) !== 0)
        return { index, rule: 'the entry is not the leaf of the tree' };
      const leaf = parseLeaf(entry);
      if (!leaf.ok) return { index, rule: leaf.problem };
      const rule = await this.#follower.problemOf(leaf.value);
      if (rule !== undefined) return { index, rule, eventId: leaf.value.eventId };
      this.#index = index + 1;
    }
    return undefined;
  }

  /** An event after the last leaf that was recorded before a time by which it should have been sealed (ISO 8601). */
  async overdue(due: string): Promise<StoreDifference | undefined> {
    const rule = await this.#follower.overdue(due);
    return rule === undefined ? undefined : { rule };
  }
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
  const comparison = new LogComparison(log, size, store);
  while (!comparison.isDone) {
    const difference = await comparison.step();
    if (difference) return difference;
    onProgress(comparison.leaves);
  }
  return comparison.overdue(due);
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
    const events = await eventsFrom(store, stream, from);
    for (let at = 0; at < PAGE; at += 1) {
      const [event, placed] = [events[at], leaves[from + at]];
      if (typeof event === 'string') return { rule: event, ...(placed ? { index: placed.index } : {}) };
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

/** A page of a stream, up to an event that cannot be read, of which that is said. */
async function eventsFrom(store: StoreReading, stream: string, from: number) {
  const page = await orUnreadable(store.readStream(stream, { from, limit: PAGE }));
  if (typeof page !== 'string') return page;
  const events: (RecordedEvent | string)[] = [];
  for (;;) {
    const one = await orUnreadable(store.readStream(stream, { from: from + events.length, limit: 1 }));
    if (typeof one === 'string') return [...events, one];
    events.push(...one);
  }
}
