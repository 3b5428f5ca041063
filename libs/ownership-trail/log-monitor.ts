import { verifyEventSignature, type EventKeys } from '../contracts/event-keys.js';
import { parseLeaf, type Leaf } from '../contracts/leaf.js';
import { GrowingTree } from '../transparency-log/growing-tree.js';
import { HASH_BYTES, leafHash, sameHash } from '../transparency-log/merkle-hash.js';
import { TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';
import { rightEdge, tileWidth } from '../transparency-log/tile-shape.js';
import { rootFromTiles, TileFault } from '../transparency-log/tile-hashes.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { trustCheckpoint, type TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import type { MonitorMemory } from './monitor-memory.js';
import type { Receipt } from '../contracts/receipt.js';
import { brokenPromise, placeOf } from './receipts.js';
import { recordedAtProblem } from './seen-between.js';
import { StoreFollower, type StoreReading } from './store-follower.js';
import { StreamChains } from './stream-chains.js';
import { CHECKPOINT } from './trail-files.js';
import type { TrailReader } from './trail-reader.js';
import { continuesFrom } from './trusted-log.js';
import { doubtOf, isoOf, saidOfLog, type SaidOfLog, type Verdict } from './verdict.js';

export interface MonitorOptions {
  readonly log: TrailReader;
  readonly memory: MonitorMemory;
  readonly policy: TlogPolicy;
  readonly eventKeys: EventKeys;
  /** seconds within which an event has to be sealed, clocks that differ included */
  readonly skew: number;
  /** most seconds since a quorum of witnesses saw the log */
  readonly maxAge?: number;
  /** seconds after which all of the log is read again, what was seen before included */
  readonly fullEvery: number;
  readonly store?: StoreReading;
  readonly receipts?: readonly Receipt[];
  readonly onProgress?: (leaves: number, size: number) => void;
}

export interface MonitorReport extends Partial<SaidOfLog> {
  readonly verdict: Verdict;
  readonly rule?: string;
  readonly index?: number;
  /** leaves that are new since the last look */
  readonly added?: number;
  /** whether all of the log was read */
  readonly full?: boolean;
  /** where what proves it was kept */
  readonly evidence?: string;
}

/** What is wrong, with what proves it to somebody else. */
interface Violation {
  readonly rule: string;
  readonly index?: number;
  readonly proof?: object;
}

/**
 * An auditor's own look at a log, again and again: each new leaf against the tree, its stream, its signature, the store,
 * the receipts and the auditor's own clock; each new checkpoint against the last one that was believed.
 */
export class LogMonitor {
  #tree = new GrowingTree();
  #chains = new StreamChains(true);
  #follower: StoreFollower | undefined;
  #believed: { readonly note: Buffer; readonly trusted: TrustedCheckpoint } | undefined;
  /** when the believed checkpoint was read, seconds since 1970 */
  #lookedAt = 0;
  #fullAt = 0;
  readonly #promised = new Map<string, Receipt>();

  private constructor(private readonly options: MonitorOptions) {
    for (const receipt of options.receipts ?? []) this.#promised.set(placeOf(receipt.leaf), receipt);
    if (options.store) this.#follower = new StoreFollower(options.store);
  }

  /** Goes on from what its folder remembers. */
  static async open(options: MonitorOptions): Promise<LogMonitor> {
    const monitor = new LogMonitor(options);
    await options.memory.open();
    await monitor.#recall();
    return monitor;
  }

  /** Looks once. @param now seconds since 1970 */
  async look(now: number): Promise<MonitorReport> {
    const { log, memory, policy, maxAge } = this.options;
    const note = await log.read(CHECKPOINT);
    if (note === undefined) return this.#violated(now, { rule: 'checkpoint: there is none' });
    const trusted = trustCheckpoint(note, policy);
    if (!trusted.ok) return this.#violated(now, { rule: trusted.problem, proof: { found: note.toString('utf8') } });
    const head = trusted.value;
    const full = now - this.#fullAt >= this.options.fullEvery;
    if (full) this.#beginAnew();
    const from = this.#tree.size;
    const violation =
      (await this.#fork(note, head, now)) ??
      (await this.#newLeaves(head, now)) ??
      (await this.#missing(now)) ??
      (await this.#unkept(now, head.checkpoint.size));
    if (violation) return this.#violated(now, violation, head);
    await memory.remember(note);
    this.#believed = { note, trusted: head };
    this.#lookedAt = now;
    if (full) this.#fullAt = now;
    const doubt = doubtOf(head, maxAge === undefined ? {} : { asOf: now, maxAge });
    return {
      verdict: doubt === undefined ? 'proven' : 'incomplete',
      ...(doubt === undefined ? {} : { rule: doubt }),
      ...saidOfLog(head),
      added: head.checkpoint.size - from,
      full,
    };
  }

  /** Keeps how far it has looked, so that the next start need not begin anew. */
  async keepProgress(): Promise<void> {
    if (this.#believed === undefined) return;
    const position = this.#follower?.position;
    await this.options.memory.keepProgress({
      size: this.#tree.size,
      root: Buffer.from(this.#tree.root()).toString('hex'),
      lookedAt: this.#lookedAt,
      fullAt: this.#fullAt,
      ...(position === undefined ? {} : { position }),
      chains: this.#chains.chains,
    });
  }

  #beginAnew(): void {
    this.#tree = new GrowingTree();
    this.#chains = new StreamChains(true);
    if (this.options.store) this.#follower = new StoreFollower(this.options.store);
  }

  async #recall(): Promise<void> {
    const { memory, policy, log, store } = this.options;
    const note = await memory.checkpoint();
    const trusted = note && trustCheckpoint(note, policy);
    if (!note || !trusted?.ok) return;
    this.#believed = { note, trusted: trusted.value };
    const progress = await memory.progress();
    if (progress === undefined || (store && progress.size > 0 && progress.position === undefined)) return;
    const edge = await Promise.all(rightEdge(progress.size).map(log.readTile));
    try {
      const tree = GrowingTree.resume(progress.size, edge);
      // Other tiles than those that were seen: all is read again, and what is wrong then found.
      if (Buffer.from(tree.root()).toString('hex') !== progress.root) return;
      this.#tree = tree;
    } catch {
      return;
    }
    this.#chains = StreamChains.resume(progress.chains);
    if (store) this.#follower = new StoreFollower(store, progress.position);
    this.#lookedAt = progress.lookedAt;
    this.#fullAt = progress.fullAt;
  }

  /** Whether the checkpoint does not continue the one that was believed. */
  async #fork(note: Buffer, head: TrustedCheckpoint, now: number): Promise<Violation | undefined> {
    if (this.#believed === undefined) return undefined;
    const { note: before, trusted } = this.#believed;
    const grown = await continuesFrom(this.options.log, trusted, head);
    if (grown.ok) return undefined;
    const proof = { believed: before.toString('utf8'), found: note.toString('utf8') };
    const isShorter = head.checkpoint.size < trusted.checkpoint.size;
    if (isShorter || (await this.#tilesHashTo(head))) return { rule: grown.problem, proof };
    // Tiles that are not those of the new checkpoint prove nothing about it: the place of the first bad one does.
    return (await this.#newLeaves(head, now)) ?? { rule: 'the tiles do not hash to the checkpoint', proof };
  }

  async #tilesHashTo({ checkpoint }: TrustedCheckpoint): Promise<boolean> {
    try {
      return sameHash(await rootFromTiles(this.options.log.readTile, checkpoint.size), checkpoint.root);
    } catch (fault) {
      if (fault instanceof TileFault) return false;
      throw fault;
    }
  }

  async #newLeaves({ checkpoint }: TrustedCheckpoint, now: number): Promise<Violation | undefined> {
    const { log, onProgress } = this.options;
    const { size, root } = checkpoint;
    for (let tile = Math.floor(this.#tree.size / TILE_WIDTH); this.#tree.size < size; tile += 1) {
      const first = tile * TILE_WIDTH;
      const width = tileWidth(size, 0, tile);
      const entries = await log.entries(tile, width);
      if (!entries.ok) return { index: first, rule: entries.problem };
      const hashes = await log.readTile({ level: 0, index: tile, width });
      for (let at = this.#tree.size - first; at < width; at += 1) {
        const bytes = entries.value[at] ?? Buffer.alloc(0);
        const rule = await this.#newLeaf(
          bytes,
          hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
          first + at,
          now,
        );
        if (rule !== undefined)
          return { index: first + at, rule, proof: { entry: Buffer.from(bytes).toString('base64') } };
      }
      onProgress?.(first + width, size);
    }
    for (const tile of this.#tree.takeTiles())
      if (!sameHash(await log.readTile(tile), tile.bytes))
        return { rule: `${tilePath(tile)} is not what the leaves hash to` };
    return sameHash(this.#tree.root(), root) ? undefined : { rule: 'the leaves do not hash to the checkpoint' };
  }

  async #newLeaf(bytes: Uint8Array, expected: Uint8Array, index: number, now: number): Promise<string | undefined> {
    const hash = leafHash(bytes);
    if (!sameHash(hash, expected)) return 'the entry is not the leaf of the tree';
    const leaf = parseLeaf(bytes);
    if (!leaf.ok) return leaf.problem;
    const rule =
      this.#unsigned(leaf.value) ??
      this.#chains.take(leaf.value, hash.toString('hex'), index)?.rule ??
      this.#misdated(leaf.value, index, now) ??
      this.#otherThanPromised(leaf.value) ??
      (await this.#follower?.problemOf(leaf.value));
    this.#tree.append(hash);
    return rule;
  }

  #unsigned(leaf: Leaf): string | undefined {
    const signed = leaf.quarantined ? { ok: true as const } : verifyEventSignature(leaf, this.options.eventKeys);
    return signed.ok ? undefined : signed.problem;
  }

  /** By the auditor's own clock: it was not in the log at the last look, and it is there now. */
  #misdated(leaf: Leaf, index: number, now: number): string | undefined {
    const isNew = index >= (this.#believed?.trusted.checkpoint.size ?? Infinity);
    const seen = { ...(isNew ? { notBefore: this.#lookedAt } : {}), notAfter: now };
    return recordedAtProblem(leaf, seen, this.options.skew);
  }

  #otherThanPromised(leaf: Leaf): string | undefined {
    const place = placeOf(leaf);
    const receipt = this.#promised.get(place);
    if (receipt === undefined) return undefined;
    this.#promised.delete(place);
    return brokenPromise(receipt, leaf);
  }

  /** An event of the store that should have its leaf by now. */
  async #missing(now: number): Promise<Violation | undefined> {
    const overdue = await this.#follower?.overdue(isoOf(now - this.options.skew));
    return overdue === undefined ? undefined : { rule: overdue };
  }

  /** A receipt that should have been kept by now. Those of leaves seen before this start are looked for in all of the log. */
  async #unkept(now: number, size: number): Promise<Violation | undefined> {
    const due = isoOf(now - this.options.skew);
    const overdue = [...this.#promised.values()].filter(({ leaf }) => leaf.recordedAt < due);
    if (overdue.length === 0) return undefined;
    for (let tile = 0; tile * TILE_WIDTH < size; tile += 1) {
      const entries = await this.options.log.entries(tile, tileWidth(size, 0, tile));
      if (!entries.ok) return { index: tile * TILE_WIDTH, rule: entries.problem };
      for (const [at, entry] of entries.value.entries()) {
        const leaf = parseLeaf(entry);
        const index = tile * TILE_WIDTH + at;
        const rule = leaf.ok ? this.#otherThanPromised(leaf.value) : leaf.problem;
        if (rule !== undefined) return { index, rule };
      }
    }
    const omitted = overdue.find(({ leaf }) => this.#promised.has(placeOf(leaf)));
    return omitted && { rule: `omitted: event ${omitted.leaf.eventId} has a receipt and no leaf`, proof: omitted };
  }

  async #violated(now: number, { rule, index, proof }: Violation, head?: TrustedCheckpoint): Promise<MonitorReport> {
    const at = index === undefined ? {} : { index };
    const believed = this.#believed?.note.toString('utf8');
    const evidence = await this.options.memory.keepEvidence(now, {
      rule,
      ...at,
      seenAt: isoOf(now),
      believed,
      ...proof,
    });
    return { verdict: 'tampered', rule, ...at, ...(head ? saidOfLog(head) : {}), evidence };
  }
}
