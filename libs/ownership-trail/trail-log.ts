import { mkdir } from 'node:fs/promises';
import type { Position } from '../event-store/event-store.js';
import {
  parseCheckpointNote,
  signCheckpoint,
  verifyLogSignature,
  type Checkpoint,
} from '../transparency-log/checkpoint.js';
import { encodeEntries } from '../transparency-log/entry-bundle.js';
import { GrowingTree } from '../transparency-log/growing-tree.js';
import { EMPTY_ROOT, leafHash, sameHash } from '../transparency-log/merkle-hash.js';
import { formatVkey } from '../transparency-log/note-key.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import { TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';
import { rightEdge } from '../transparency-log/tile-shape.js';
import { checkLog, type LogCheckOptions } from './log-check.js';
import type { StreamChains } from './stream-chains.js';
import { TrailFence, takenOver } from './trail-fence.js';
import { CHECKPOINT, PENDING, positionPath } from './trail-files.js';
import { TrailFolder, type FolderFile } from './trail-folder.js';
import { TrailNotWhole, TrailRefused } from './trail-refused.js';

export interface TrailLogOptions {
  readonly folder: string;
  /** type 1, all of one name, which is the log's origin. Those after the first sign too once a leaf announced them. */
  readonly signers: readonly [NoteSigner, ...NoteSigner[]];
}

/** A leaf on its way into the log. */
export interface NewLeaf {
  readonly bytes: Uint8Array;
  /** of its event in the store */
  readonly position: Position;
}

/**
 * The log's one writer. What a checkpoint covers is durable before the checkpoint is written, the position of the last
 * leaf's event too: there is no other memory of how far sealing has come. What it has signed is not yet what is handed
 * out: that is the publisher's.
 */
export class TrailLog {
  /** what the sealed leaves left, stream by stream; known once the whole log was checked */
  #chains: StreamChains | undefined;
  /** entries of the bundle at the right edge */
  #open: Uint8Array[];
  /** files that the leaves taken since the last signature need */
  #unwritten: FolderFile[] = [];
  #filled: string[] = [];
  /** the checkpoint on its way to the folder */
  #signing: string | undefined;
  readonly #announced = new Set<string>();
  #signed: { size: number; position: Position | undefined };

  private constructor(
    readonly files: TrailFolder,
    private readonly signers: readonly [NoteSigner, ...NoteSigner[]],
    private readonly tree: GrowingTree,
    open: readonly Uint8Array[],
    private position: Position | undefined,
    /** the checkpoint signed last, as it stands in the folder */
    private note: string,
    private readonly fence: TrailFence,
  ) {
    this.#open = [...open];
    this.#signed = { size: tree.size, position };
  }

  /**
   * Looks at the checkpoint and the tiles at the right edge, which takes no longer for a large log. Nothing can be added
   * before `check` has looked at all of it.
   *
   * @throws TrailRefused when another has it open, when its tiles do not hash to its checkpoint, when that is signed by
   * another key, or when it says nothing of its position
   */
  static async open({ folder, signers }: TrailLogOptions): Promise<TrailLog> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const fence = TrailFence.take(folder);
    try {
      const files = new TrailFolder(folder);
      const { checkpoint, note } = await lastCheckpoint(files, signers);
      const { size } = checkpoint;
      const position = size === 0 ? undefined : await files.read(positionPath(size));
      if (size > 0 && position === undefined) throw new TrailNotWhole(`the trail says no position for ${size} leaves`);
      const tree = await treeAtEdge(files, checkpoint);
      const open = await openBundle(files, size);
      return new TrailLog(files, signers, tree, open, position?.toString('utf8'), note, fence);
    } catch (refusal) {
      fence.release();
      throw refusal;
    }
  }

  get origin(): string {
    return this.signers[0].key.name;
  }

  get size(): number {
    return this.tree.size;
  }

  get root(): Uint8Array {
    return this.tree.root();
  }

  /** Of the last leaf's event: sealing goes on after it. Undefined while the log is empty. */
  get sealedUpTo(): Position | undefined {
    return this.position;
  }

  /** What is part of the log by its last signature. */
  get signed(): { readonly size: number; readonly position: Position | undefined } {
    return this.#signed;
  }

  /** Whether leaves wait to be written and signed. */
  get isAhead(): boolean {
    return this.tree.size !== this.#signed.size;
  }

  /** The checkpoint signed last: smaller than `size` while leaves wait for their signature. */
  get pending(): string {
    return this.note;
  }

  get chains(): StreamChains {
    if (this.#chains === undefined) throw new Error('the log is not checked yet');
    return this.#chains;
  }

  /** Checks every entry, leaf, tile and stream. @throws TrailRefused with the first leaf that is not as it should be */
  async check(options: LogCheckOptions = {}): Promise<void> {
    const checkpoint = { origin: this.origin, size: this.size, root: this.root, extensions: [] };
    const checked = await checkLog(this.files.folder, checkpoint, options);
    if (!checked.ok) throw new TrailNotWhole(`the trail is not whole: leaf ${checked.index}: ${checked.rule}`);
    this.#chains = checked.chains;
  }

  /** A key of this log that a sealed leaf announces: where this sealer has it, it signs too from then on. */
  announce(vkey: string): void {
    this.#announced.add(vkey);
  }

  /** Takes leaves in memory; `writeTree` makes them durable, `sign` part of the log. */
  add(leaves: readonly NewLeaf[]): void {
    for (const { bytes, position } of leaves) {
      this.#open.push(bytes);
      this.tree.append(leafHash(bytes));
      this.position = position;
      if (this.#open.length < TILE_WIDTH) continue;
      const path = tilePath({ level: 'entries', index: this.tree.size / TILE_WIDTH - 1, width: TILE_WIDTH });
      this.#unwritten.push({ path, bytes: encodeEntries(this.#open) });
      this.#filled.push(`${path}.p`);
      this.#open = [];
    }
  }

  /** Writes all that was added. After a fault it may be called again: the same files are written anew. */
  async writeTree(): Promise<void> {
    const { size } = this.tree;
    this.#unwritten.push(...this.tree.takeTiles().map((tile) => ({ path: tilePath(tile), bytes: tile.bytes })));
    const edge: FolderFile[] = [{ path: positionPath(size), bytes: this.position ?? '' }];
    if (this.#open.length > 0) {
      const path = tilePath({ level: 'entries', index: Math.floor(size / TILE_WIDTH), width: this.#open.length });
      edge.push({ path, bytes: encodeEntries(this.#open) });
    }
    await this.files.write([...this.#unwritten, ...edge], () => this.assertMine());
    this.#unwritten = [];
  }

  /**
   * Signs the tree that is written, durably. May be called again after a fault.
   *
   * @returns the signed checkpoint
   */
  async sign(): Promise<string> {
    const { size } = this.tree;
    const [first, ...others] = this.signers;
    const signers = [first, ...others.filter(({ key }) => this.#announced.has(formatVkey(key)))];
    const note = signCheckpoint({ origin: this.origin, size, root: this.tree.root(), extensions: [] }, signers);
    const before = this.#signed.size;
    // From here on the folder may hold it, also where this try fails after the naming.
    this.#signing = note;
    await this.files.write([{ path: PENDING, bytes: note }], () => this.assertMine());
    this.note = note;
    this.#signed = { size, position: this.position };
    // The whole bundle has taken their place; the formats allow it, and they are most of what a busy log would keep.
    for (const path of this.#filled.splice(0)) await this.files.remove(path);
    if (before !== size) await this.files.remove(positionPath(before));
    return note;
  }

  /** Adds leaves; they are durable and signed when this returns. @returns the signed checkpoint */
  async append(leaves: readonly NewLeaf[]): Promise<string> {
    this.add(leaves);
    await this.writeTree();
    return this.sign();
  }

  /**
   * To be called before any file is replaced, without a wait in between.
   *
   * @throws TrailRefused when somebody else has the folder or has written to it
   */
  assertMine(): void {
    this.fence.assertHeld();
    const held = this.files.readNow(PENDING)?.toString('utf8');
    if (held === undefined || (held !== this.note && held !== this.#signing)) throw takenOver();
  }

  close(): void {
    this.fence.release();
  }
}

async function lastCheckpoint(
  files: TrailFolder,
  signers: TrailLogOptions['signers'],
): Promise<{ checkpoint: Checkpoint; note: string }> {
  const text = await files.read(PENDING);
  if (text === undefined) {
    // A log begins with the checkpoint of nothing: one with files and none would, begun anew, be a fork.
    if ((await files.has('tile')) || (await files.has(CHECKPOINT)))
      throw new TrailNotWhole('the trail has files but not its last checkpoint (pending): baton audit rebuild');
    const checkpoint = { origin: signers[0].key.name, size: 0, root: EMPTY_ROOT, extensions: [] };
    const note = signCheckpoint(checkpoint, [signers[0]]);
    await files.write([{ path: PENDING, bytes: note }]);
    return { checkpoint, note };
  }
  const note = parseCheckpointNote(text);
  if (!note.ok) throw new TrailNotWhole(`the trail's checkpoint cannot be read: ${note.problem}`);
  const signed = verifyLogSignature(
    note.value,
    signers.map(({ key }) => key),
  );
  if (!signed.ok) throw new TrailRefused(`the trail's checkpoint is not of this log's key: ${signed.problem}`);
  // Written once more: where the last sync failed, what is read here might not be on the disk.
  await files.write([{ path: PENDING, bytes: text }]);
  return { checkpoint: note.value.checkpoint, note: text.toString('utf8') };
}

async function treeAtEdge(files: TrailFolder, { size, root }: Checkpoint): Promise<GrowingTree> {
  const edge = rightEdge(size);
  const tiles = await Promise.all(edge.map(files.readTile));
  let tree: GrowingTree;
  try {
    tree = GrowingTree.resume(size, tiles);
  } catch (fault) {
    throw new TrailNotWhole(`the trail is not whole: ${(fault as Error).message}`);
  }
  // With no partial tile at some level its hashes stand in the level above, so the edge gives the whole root.
  if (!sameHash(tree.root(), root))
    throw new TrailNotWhole('the trail is not whole: its tiles do not hash to its checkpoint');
  return tree;
}

async function openBundle(files: TrailFolder, size: number): Promise<readonly Uint8Array[]> {
  const width = size % TILE_WIDTH;
  if (width === 0) return [];
  const index = Math.floor(size / TILE_WIDTH);
  const entries = await files.entries(index, width);
  if (!entries.ok) throw new TrailNotWhole(`the trail is not whole: ${entries.problem}`);
  return entries.value;
}
