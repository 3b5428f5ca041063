import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { lockFile } from '../event-store/sqlite-file-lock.js';
import type { Position } from '../event-store/event-store.js';
import {
  parseCheckpointNote,
  signCheckpoint,
  verifyLogSignature,
  type Checkpoint,
} from '../transparency-log/checkpoint.js';
import { encodeEntries } from '../transparency-log/entry-bundle.js';
import { GrowingTree } from '../transparency-log/growing-tree.js';
import { EMPTY_ROOT, leafHash } from '../transparency-log/merkle-hash.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import { TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';
import { rightEdge } from '../transparency-log/tile-shape.js';
import { checkLog } from './log-check.js';
import type { StreamChains } from './stream-chains.js';
import { TrailFolder } from './trail-folder.js';

/** The log is not what it must be, or somebody else writes it: nothing is sealed. One line that says what. */
export class TrailRefused extends Error {
  override name = 'TrailRefused';
  readonly disclosable = true;
}

export interface TrailLogOptions {
  readonly folder: string;
  /** type 1; its name is the log's origin */
  readonly signer: NoteSigner;
}

/** A leaf on its way into the log. */
export interface NewLeaf {
  readonly bytes: Uint8Array;
  /** of its event in the store */
  readonly position: Position;
}

const CHECKPOINT = 'checkpoint';
const positionPath = (size: number): string => `position/${size}`;

/**
 * The log's one writer. What a checkpoint covers is durable before the checkpoint is written, the position of the last
 * leaf's event too: there is no other memory of how far sealing has come.
 */
export class TrailLog {
  /** entries of the bundle at the right edge */
  #open: Uint8Array[];

  private constructor(
    private readonly files: TrailFolder,
    private readonly signer: NoteSigner,
    private readonly tree: GrowingTree,
    /** what the sealed leaves left, stream by stream */
    readonly chains: StreamChains,
    open: readonly Uint8Array[],
    private position: Position | undefined,
    private readonly unlock: () => void,
  ) {
    this.#open = [...open];
  }

  /**
   * @throws TrailRefused when another has it open, when its files do not hash to its checkpoint, when that is signed by
   * another key, or when it says nothing of its position
   */
  static async open({ folder, signer }: TrailLogOptions): Promise<TrailLog> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const unlock = lockTrail(folder);
    try {
      const files = new TrailFolder(folder);
      const checkpoint = await lastCheckpoint(files, signer);
      const checked = await checkLog(folder, checkpoint);
      if (!checked.ok) throw new TrailRefused(`the trail is not whole: leaf ${checked.index}: ${checked.rule}`);
      const { size } = checkpoint;
      const position = size === 0 ? undefined : await files.read(positionPath(size));
      if (size > 0 && position === undefined) throw new TrailRefused(`the trail says no position for ${size} leaves`);
      const edge = await Promise.all(rightEdge(size).map(files.readTile));
      const tree = GrowingTree.resume(size, edge);
      const open = await openBundle(files, size);
      return new TrailLog(files, signer, tree, checked.chains, open, position?.toString('utf8'), unlock);
    } catch (refusal) {
      unlock();
      throw refusal;
    }
  }

  get size(): number {
    return this.tree.size;
  }

  /** Of the last sealed event: sealing goes on after it. Undefined while the log is empty. */
  get sealedUpTo(): Position | undefined {
    return this.position;
  }

  /**
   * Adds leaves and publishes the checkpoint that covers them; both are durable when this returns. After a fault the
   * log must be opened anew: what is in memory may then be ahead of the disk.
   *
   * @returns the signed checkpoint
   */
  async append(leaves: readonly NewLeaf[]): Promise<string> {
    const bundles: { path: string; bytes: Uint8Array }[] = [];
    const filled: string[] = [];
    for (const { bytes } of leaves) {
      this.#open.push(bytes);
      this.tree.append(leafHash(bytes));
      if (this.#open.length < TILE_WIDTH) continue;
      const path = tilePath({ level: 'entries', index: this.tree.size / TILE_WIDTH - 1, width: TILE_WIDTH });
      bundles.push({ path, bytes: encodeEntries(this.#open) });
      filled.push(`${path}.p`);
      this.#open = [];
    }
    const { size } = this.tree;
    if (this.#open.length > 0) {
      const path = tilePath({ level: 'entries', index: Math.floor(size / TILE_WIDTH), width: this.#open.length });
      bundles.push({ path, bytes: encodeEntries(this.#open) });
    }
    const tiles = this.tree.takeTiles().map((tile) => ({ path: tilePath(tile), bytes: tile.bytes }));
    const position = leaves.at(-1)?.position ?? this.position ?? '';
    await this.files.write([...bundles, ...tiles, { path: positionPath(size), bytes: position }]);

    const origin = this.signer.key.name;
    const checkpoint = signCheckpoint({ origin, size, root: this.tree.root(), extensions: [] }, [this.signer]);
    await this.files.write([{ path: CHECKPOINT, bytes: checkpoint }]);
    this.position = position;
    // The whole bundle has taken their place; the formats allow it, and they are most of what a busy log would keep.
    for (const path of filled) await this.files.remove(path);
    return checkpoint;
  }

  close(): void {
    this.unlock();
  }
}

function lockTrail(folder: string): () => void {
  try {
    return lockFile(join(folder, 'sealer'));
  } catch {
    throw new TrailRefused('another sealer has the trail open');
  }
}

async function lastCheckpoint(files: TrailFolder, signer: NoteSigner): Promise<Checkpoint> {
  const text = await files.read(CHECKPOINT);
  if (text === undefined) {
    // A log begins with the checkpoint of nothing: one with tiles and none would, begun anew, be a fork.
    if (await files.has('tile')) throw new TrailRefused('the trail has tiles but no checkpoint');
    const empty = { origin: signer.key.name, size: 0, root: EMPTY_ROOT, extensions: [] };
    await files.write([{ path: CHECKPOINT, bytes: signCheckpoint(empty, [signer]) }]);
    return empty;
  }
  const note = parseCheckpointNote(text);
  if (!note.ok) throw new TrailRefused(`the trail's checkpoint cannot be read: ${note.problem}`);
  const signed = verifyLogSignature(note.value, [signer.key]);
  if (!signed.ok) throw new TrailRefused(`the trail's checkpoint is not of this log's key: ${signed.problem}`);
  return note.value.checkpoint;
}

async function openBundle(files: TrailFolder, size: number): Promise<readonly Uint8Array[]> {
  const width = size % TILE_WIDTH;
  if (width === 0) return [];
  const index = Math.floor(size / TILE_WIDTH);
  const entries = await files.entries(index, width);
  if (!entries.ok) throw new TrailRefused(`the trail is not whole: ${entries.problem}`);
  return entries.value;
}
