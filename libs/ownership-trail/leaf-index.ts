import type { Writing } from '../read-database/read-database.js';
import { SqliteReadDatabase } from '../read-database/sqlite-read-database.js';
import { parseCheckpointNote, type Checkpoint } from '../transparency-log/checkpoint.js';
import { HASH_BYTES, sameHash } from '../transparency-log/merkle-hash.js';
import { rootFromTiles, type TileReader } from '../transparency-log/tile-hashes.js';
import { TILE_WIDTH } from '../transparency-log/tile-path.js';
import { tileWidth } from '../transparency-log/tile-shape.js';
import { INDEX_VERSION, lookIn, makeAnew, type LeafIndexTables, type ProgressRow } from './leaf-index-tables.js';
import type { PlacedLeaf } from './leaf-ownership.js';
import { LeafRows } from './leaf-rows.js';
import { LogUnreadable, sealedEntries } from './sealed-entries.js';
import { CHECKPOINT } from './trail-files.js';
import { TrailFolder } from './trail-folder.js';

/** Leaves written at a time: what is held in memory. */
const BATCH = 2_048;
/** Further behind than this the index is being built: it keeps what it has done, and answers only at the end. */
const FAR_BEHIND = 65_536;

/** What the published log says up to a checkpoint. */
interface Head {
  readonly checkpoint: Checkpoint;
  /** as it was published */
  readonly note: string;
}

/**
 * An index over the sealed log, in one SQLite file, fed from the log's folder alone, up to its published checkpoint. It
 * can be thrown away at any time. It always stands at a checkpoint, so that each answer is one of a signed tree.
 */
export class LeafIndex {
  /** As `lookIn`. */
  readonly look: ReturnType<typeof lookIn>;
  private readonly rows = new LeafRows();
  private compared = false;

  private constructor(
    private readonly files: TrailFolder,
    private readonly database: SqliteReadDatabase,
  ) {
    this.look = lookIn(database.reading);
  }

  /**
   * @param file made where there is none
   * @param folder the log's, whether or not anything is sealed yet
   * @param openDatabase opens the file
   * @throws ReadDatabaseFault, in one line, where the file is no index: it may be deleted
   */
  static async open(
    file: string,
    folder: string,
    openDatabase = (file: string) => SqliteReadDatabase.open(file),
  ): Promise<LeafIndex> {
    const database = await openDatabase(file);
    await database.transaction(async (tx) => {
      if ((await writtenVersion(tx)) !== INDEX_VERSION) await makeAnew(tx);
    });
    return new LeafIndex(new TrailFolder(folder), database);
  }

  /**
   * Brings the index up to the published checkpoint; where it is of another version, or of another or a longer log, it
   * is made anew. One call at a time.
   *
   * @returns the size that it stands at
   * @throws LogUnreadable where the log is not what its checkpoint says; the index then stays where it was
   */
  async catchUp(signal?: AbortSignal): Promise<number> {
    const head = await this.head();
    if (head === undefined) return 0;
    let { size } = await this.begun(head);
    const building = head.checkpoint.size - size > FAR_BEHIND;
    while (size < head.checkpoint.size && signal?.aborted !== true) {
      const upTo = building ? Math.min(head.checkpoint.size, wholeTiles(size + FAR_BEHIND)) : head.checkpoint.size;
      await this.advance(head, size, upTo);
      size = upTo;
    }
    return size;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** undefined while nothing is published */
  private async head(): Promise<Head | undefined> {
    const text = (await this.files.read(CHECKPOINT))?.toString('utf8');
    if (text === undefined) return undefined;
    const note = parseCheckpointNote(text);
    if (!note.ok) throw new LogUnreadable(`the log's checkpoint cannot be read: ${note.problem}`);
    return { checkpoint: note.value.checkpoint, note: text };
  }

  /** Where the index stands, made anew where that is not a place in this log. */
  private async begun({ checkpoint, note }: Head): Promise<{ readonly size: number }> {
    const progress = await this.database.transaction((tx) =>
      tx.withTables<LeafIndexTables>().selectFrom('index_progress').selectAll().executeTakeFirst(),
    );
    const goesOn = progress !== undefined && (await this.isOf(progress, checkpoint));
    this.compared = true;
    if (goesOn) return progress;
    const { origin, size } = checkpoint;
    const empty = { id: 0, origin, size: 0, root: '', checkpoint: size === 0 ? note : '' };
    await this.database.transaction(async (tx) => {
      await makeAnew(tx);
      await tx.withTables<LeafIndexTables>().insertInto('index_progress').values(empty).execute();
    });
    return { size: 0 };
  }

  private async isOf({ origin, size, root }: ProgressRow, checkpoint: Checkpoint): Promise<boolean> {
    if (origin !== checkpoint.origin || size > checkpoint.size) return false;
    // The log only grows while this process runs; before that its folder may have been another one.
    if (this.compared || size === 0) return true;
    const there = await rootFromTiles(this.tilesOf(checkpoint), size).catch(() => undefined);
    return there?.toString('hex') === root;
  }

  /** Tiles of any smaller tree, from those of this one: of the trees between two checkpoints there are no others. */
  private tilesOf({ size }: Checkpoint): TileReader {
    return async (tile) => {
      const bytes = await this.files.readTile({ ...tile, width: tileWidth(size, tile.level, tile.index) });
      return bytes.subarray(0, tile.width * HASH_BYTES);
    };
  }

  /** All or nothing: leaves, intervals, and how far they are. */
  private async advance({ checkpoint, note }: Head, from: number, upTo: number): Promise<void> {
    const root = await rootFromTiles(this.tilesOf(checkpoint), upTo);
    const whole = upTo === checkpoint.size;
    if (whole && !sameHash(root, checkpoint.root)) throw new LogUnreadable('the tiles do not hash to the checkpoint');
    await this.database.transaction(async (tx) => {
      let waiting: PlacedLeaf[] = [];
      for await (const leaves of sealedEntries(this.files, from, upTo)) {
        waiting.push(...leaves);
        if (waiting.length < BATCH) continue;
        await this.rows.write(tx, waiting);
        waiting = [];
      }
      await this.rows.write(tx, waiting);
      await tx
        .withTables<LeafIndexTables>()
        .updateTable('index_progress')
        .set({ size: upTo, root: root.toString('hex'), checkpoint: whole ? note : '' })
        .execute();
    });
  }
}

const wholeTiles = (size: number): number => size - (size % TILE_WIDTH);

/** undefined where the file holds no index. */
async function writtenVersion(tx: Writing): Promise<number | undefined> {
  const tables = await tx.introspection.getTables();
  if (!tables.some(({ name }) => name === 'index_version')) return undefined;
  const row = await tx.withTables<LeafIndexTables>().selectFrom('index_version').select('version').executeTakeFirst();
  return row?.version;
}
