import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import { HASH_BYTES, leafHash } from '../transparency-log/merkle-hash.js';
import { TILE_WIDTH } from '../transparency-log/tile-path.js';
import { tileWidth } from '../transparency-log/tile-shape.js';
import { isSealedAs, parseLeaf } from '../contracts/leaf.js';
import { TrailFolder } from './trail-folder.js';

export type ComparedStore = Pick<EventStore, 'readAll'>;

/** The first place at which store and log do not say the same. */
export interface Difference {
  /** of the leaf, from 0 */
  readonly index: number;
  readonly rule: string;
  readonly eventId?: string;
}

export interface Comparison {
  readonly difference?: Difference;
  /** leaves that were held against their events */
  readonly leaves: number;
  /** of the last of them in the store */
  readonly position?: Position;
}

/** Events that are read at once: as many as a bundle of entries has. */
const PAGE = TILE_WIDTH;

/**
 * Holds a log against its store leaf by leaf, in the store's order: each leaf has its event and says of it what the
 * store says, and no event before the last leaf is without one. In steps, so that it can go on beside other work.
 */
export class LogComparison {
  #index = 0;
  #position: Position | undefined;
  readonly #files: TrailFolder;

  constructor(
    private readonly store: ComparedStore,
    folder: string,
    /** leaves of the log; more may stand in its files */
    private readonly size: number,
  ) {
    this.#files = new TrailFolder(folder);
  }

  get leaves(): number {
    return this.#index;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  get isDone(): boolean {
    return this.#index >= this.size;
  }

  /** The next bundle of leaves. Nothing is thrown for what is wrong with either; a fault of store or disk comes through. */
  async step(): Promise<Difference | undefined> {
    const tile = Math.floor(this.#index / TILE_WIDTH);
    const width = tileWidth(this.size, 0, tile);
    const entries = await this.#files.entries(tile, width);
    if (!entries.ok) return { index: this.#index, rule: entries.problem };
    const hashes = await this.#files.readTile({ level: 0, index: tile, width });
    const events = await this.#events(width);
    for (const [at, entry] of entries.value.entries()) {
      const index = tile * TILE_WIDTH + at;
      if (leafHash(entry).compare(hashes, at * HASH_BYTES, (at + 1) * HASH_BYTES) !== 0)
        return { index, rule: 'the entry is not the leaf of the tree' };
      const difference = differenceAt(index, entry, events[at]);
      if (difference) return difference;
      this.#index = index + 1;
      this.#position = events[at]?.position;
    }
    return undefined;
  }

  #events(limit: number): Promise<readonly RecordedEvent[]> {
    return this.store.readAll({ limit, ...(this.#position === undefined ? {} : { after: this.#position }) });
  }
}

function differenceAt(index: number, entry: Uint8Array, event: RecordedEvent | undefined): Difference | undefined {
  const leaf = parseLeaf(entry);
  if (!leaf.ok) return { index, rule: leaf.problem };
  const { eventId } = leaf.value;
  if (event === undefined) return { index, rule: 'the store ends before this leaf', eventId };
  if (event.id !== eventId) return { index, rule: `the store has event ${event.id} here`, eventId };
  return isSealedAs(event, leaf.value) ? undefined : { index, rule: 'the event is not as it was sealed', eventId };
}

/** Both ways, up to the log's size, and how many events the store holds beyond it. */
export interface StoreAndLog extends Comparison {
  /** events after the last leaf: not sealed yet */
  readonly unsealed: number;
  /** when the oldest of them was recorded */
  readonly oldestUnsealed?: string;
}

/**
 * Compares a whole store with a log of `size` leaves.
 *
 * @param onProgress leaves done so far, and all
 */
export async function compareStoreAndLog(
  store: ComparedStore,
  { folder, size }: { readonly folder: string; readonly size: number },
  onProgress: (leaves: number, size: number) => void = () => undefined,
): Promise<StoreAndLog> {
  const comparison = new LogComparison(store, folder, size);
  while (!comparison.isDone) {
    const difference = await comparison.step();
    if (difference) return { difference, leaves: comparison.leaves, unsealed: 0 };
    onProgress(comparison.leaves, size);
  }
  const { leaves, position } = comparison;
  return { leaves, ...(position === undefined ? {} : { position }), ...(await unsealedAfter(store, position)) };
}

async function unsealedAfter(store: ComparedStore, after: Position | undefined) {
  let unsealed = 0;
  let oldestUnsealed: string | undefined;
  let last = after;
  for (let page: readonly RecordedEvent[]; (page = await pageAfter(store, last)).length > 0;) {
    const [first] = page;
    if (unsealed === 0 && typeof first?.metadata.recordedAt === 'string') oldestUnsealed = first.metadata.recordedAt;
    unsealed += page.length;
    last = page.at(-1)?.position;
  }
  return { unsealed, ...(oldestUnsealed === undefined ? {} : { oldestUnsealed }) };
}

const pageAfter = (store: ComparedStore, after: Position | undefined) =>
  store.readAll({ limit: PAGE, ...(after === undefined ? {} : { after }) });
