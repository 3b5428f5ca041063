import { verifyEventSignature, type EventKeys } from '../contracts/event-keys.js';
import { parseLeaf, type Leaf } from '../contracts/leaf.js';
import { GrowingTree } from '../transparency-log/growing-tree.js';
import { HASH_BYTES, leafHash, nodeHash } from '../transparency-log/merkle-hash.js';
import { TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';
import { rightEdge, tileWidth } from '../transparency-log/tile-shape.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { KeptCheckpoints, type SeenRun } from './kept-checkpoints.js';
import { isDeclaredLate, recordedAtProblem } from './seen-between.js';
import { StreamChains, type BrokenRule, type Chain } from './stream-chains.js';
import type { TrailReader } from './trail-reader.js';
import { openTrail, type TrailSource } from './trail-source.js';

/** What is looked at beyond hashes and chains. All of it can be handed to a thread. */
export interface ScanChecks {
  /** of those who wrote the events: each event's signature is then checked */
  readonly eventKeys?: EventKeys;
  /** the sizes of the kept checkpoints, rising: each is then checked, and the time of recording of the leaves between */
  readonly kept?: { readonly sizes: readonly number[]; readonly policy: TlogPolicy; readonly skew: number };
  /** streams and events whose leaves are to be told */
  readonly wanted?: ReadonlySet<string>;
}

/** Tiles of level 0 from `begin` up to, not including, `end`, of a log of `size` leaves. */
export interface ScanTask extends ScanChecks {
  readonly source: TrailSource;
  readonly size: number;
  readonly begin: number;
  readonly end: number;
}

export interface FoundLeaf {
  readonly index: number;
  readonly leaf: Leaf;
}

/** What is told of a log beside that it is whole. */
export interface ScanFindings {
  /** the leaves of what was wanted, in order */
  readonly found: readonly FoundLeaf[];
  readonly quarantined: readonly FoundLeaf[];
  /** kept checkpoints without the quorum that the policy asks for, rising */
  readonly unwitnessed: readonly UnwitnessedCheckpoint[];
  /** leaves said to have happened long before they came into the log */
  readonly declaredLate: number;
}

export interface UnwitnessedCheckpoint {
  readonly size: number;
  /** which of its forms */
  readonly path: string;
}

export interface ScanResult extends ScanFindings {
  /** the root of each full tile, in order: what level 1 must hold */
  readonly roots: readonly Uint8Array[];
  readonly chains: ReadonlyMap<string, Chain>;
  /** the first thing that is wrong */
  readonly broken?: BrokenRule;
}

/** Holds a part of a log's entries against its tiles and against each other. `onTile` is told after each bundle. */
export async function scanRange(task: ScanTask, onTile: () => void): Promise<ScanResult> {
  const scan = new RangeScan(task);
  if (task.size === 0) return scan.result(await scan.ofNothing());
  for (let tile = task.begin; tile < task.end; tile += 1) {
    const broken = await scan.take(tile);
    if (broken) return scan.result(broken);
    onTile();
  }
  return scan.result();
}

class RangeScan {
  readonly #log: TrailReader;
  readonly #chains: StreamChains;
  readonly #roots: Uint8Array[] = [];
  readonly #found: FoundLeaf[] = [];
  readonly #quarantined: FoundLeaf[] = [];
  readonly #unwitnessed: UnwitnessedCheckpoint[] = [];
  #declaredLate = 0;
  readonly #kept: KeptCheckpoints | undefined;
  /** grown beside the scan where kept checkpoints have to be compared with it */
  #tree: GrowingTree | undefined;
  /** the next kept size to be looked at */
  #nextKept = 0;
  #run: SeenRun = { until: 0, seen: {} };

  constructor(private readonly task: ScanTask) {
    const { source, begin, kept } = task;
    this.#log = openTrail(source);
    this.#chains = new StreamChains(begin === 0);
    if (kept === undefined) return;
    this.#kept = new KeptCheckpoints(this.#log, kept.sizes, kept.policy);
    // Of no leaves: the first part's; of the last leaf of the part before: that part's.
    const first = begin === 0 ? 0 : begin * TILE_WIDTH + 1;
    this.#nextKept = kept.sizes.findIndex((size) => size >= first);
  }

  result(broken?: BrokenRule): ScanResult {
    return {
      roots: this.#roots,
      chains: this.#chains.chains,
      found: this.#found,
      quarantined: this.#quarantined,
      declaredLate: this.#declaredLate,
      unwitnessed: this.#unwitnessed,
      ...(broken ? { broken } : {}),
    };
  }

  /** A log without leaves may have kept the checkpoint of that. */
  ofNothing(): Promise<BrokenRule | undefined> {
    return this.#startTree(0);
  }

  /** The next tile, with its entries. */
  async take(tile: number): Promise<BrokenRule | undefined> {
    const first = tile * TILE_WIDTH;
    const width = tileWidth(this.task.size, 0, tile);
    const entries = await this.#log.entries(tile, width);
    if (!entries.ok) return { index: first, rule: entries.problem };
    const hashes = await this.#log.readTile({ level: 0, index: tile, width });
    if (hashes.length !== width * HASH_BYTES)
      return { index: first, rule: `${tilePath({ level: 0, index: tile, width })} is missing or cut` };
    const unknown = await this.#startTree(first);
    if (unknown) return unknown;
    const { leaves, wrongAt } = heldAgainst(entries.value, hashes);
    for (const [at, entry] of entries.value.entries()) {
      const index = first + at;
      const hash = leaves[at];
      if (at === wrongAt || hash === undefined) return { index, rule: 'the entry is not the leaf of the tree' };
      const leaf = parseLeaf(entry);
      if (!leaf.ok) return { index, rule: leaf.problem };
      const broken = this.#leaf(leaf.value, hash, index) ?? (await this.#seen(leaf.value, hash, index));
      if (broken) return broken;
    }
    if (width === TILE_WIDTH) this.#roots.push(rootOf(leaves));
    return undefined;
  }

  #leaf(leaf: Leaf, hash: Buffer, index: number): BrokenRule | undefined {
    const { eventKeys, wanted } = this.task;
    if (leaf.quarantined) this.#quarantined.push({ index, leaf });
    else if (eventKeys) {
      const signed = verifyEventSignature(leaf, eventKeys);
      if (!signed.ok) return { index, rule: signed.problem };
    }
    if (wanted?.has(leaf.stream) || wanted?.has(leaf.eventId)) this.#found.push({ index, leaf });
    return this.#chains.take(leaf, hash.toString('hex'), index);
  }

  /** What is left of the first tile is another part's, which holds it against the entries. */
  async #startTree(first: number): Promise<BrokenRule | undefined> {
    if (this.#kept === undefined || this.#tree !== undefined) return undefined;
    // As wide as the whole log has them: of this width there need be none.
    const edge = await Promise.all(
      rightEdge(first).map(async ({ level, index, width }) => {
        const tile = await this.#log.readTile({ level, index, width: tileWidth(this.task.size, level, index) });
        return tile.subarray(0, width * HASH_BYTES);
      }),
    );
    try {
      this.#tree = GrowingTree.resume(first, edge);
    } catch (fault) {
      return { index: first, rule: (fault as RangeError).message };
    }
    return first === 0 ? this.#keptProblem(0) : undefined;
  }

  /** What the kept checkpoints say of a leaf, and what the tree that it ends says of the one of its size. */
  async #seen(leaf: Leaf, hash: Buffer, index: number): Promise<BrokenRule | undefined> {
    const { kept } = this.task;
    if (this.#kept === undefined || kept === undefined) return undefined;
    if (index >= this.#run.until) this.#run = await this.#kept.runAt(index);
    const rule = recordedAtProblem(leaf, this.#run.seen, kept.skew);
    if (rule !== undefined) return { index, rule };
    if (isDeclaredLate(leaf, this.#run.seen, kept.skew)) this.#declaredLate += 1;
    this.#tree?.append(hash);
    // Read by nobody, and large: what a reader of the log would need is there already.
    if ((index + 1) % TILE_WIDTH === 0) this.#tree?.takeTiles();
    return this.#keptProblem(index + 1);
  }

  async #keptProblem(size: number): Promise<BrokenRule | undefined> {
    if (this.task.kept?.sizes[this.#nextKept] !== size || !this.#kept || !this.#tree) return undefined;
    this.#nextKept += 1;
    const { problem, unwitnessed } = await this.#kept.check(size, this.#tree.root());
    if (unwitnessed !== undefined) this.#unwitnessed.push({ size, path: unwitnessed });
    return problem === undefined ? undefined : { index: size, rule: problem };
  }
}

/**
 * A bundle's entries against the tile of their leaf hashes: the leaves up to and with the first that is not in its place.
 *
 * @param hashes 32 bytes for each entry
 */
export function heldAgainst(
  entries: readonly Uint8Array[],
  hashes: Uint8Array,
): { readonly leaves: Buffer[]; readonly wrongAt?: number } {
  const leaves: Buffer[] = [];
  for (const [at, entry] of entries.entries()) {
    const hash = leafHash(entry);
    leaves.push(hash);
    if (hash.compare(hashes, at * HASH_BYTES, (at + 1) * HASH_BYTES) !== 0) return { leaves, wrongAt: at };
  }
  return { leaves };
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
