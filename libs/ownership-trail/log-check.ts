import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Checkpoint } from '../transparency-log/checkpoint.js';
import { HASH_BYTES, sameHash } from '../transparency-log/merkle-hash.js';
import { TileFault, TileHashes } from '../transparency-log/tile-hashes.js';
import { TILE_HEIGHT, TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';
import { allTiles, hashesAtLevel } from '../transparency-log/tile-shape.js';
import { scanRange, type ScanChecks, type ScanFindings, type ScanResult, type ScanTask } from './scan-range.js';
import { StreamChains, type BrokenRule } from './stream-chains.js';
import type { TrailReader } from './trail-reader.js';
import { openTrail, type TrailSource } from './trail-source.js';

export interface LogCheckOptions extends ScanChecks {
  /** most threads; default as many as the machine runs at once */
  readonly threads?: number;
  /** leaves done so far, and all */
  readonly onProgress?: (leaves: number, size: number) => void;
}

export type LogCheck =
  | ({ readonly ok: true; readonly chains: StreamChains } & ScanFindings)
  /** the first leaf that is not as it should be, or the first that a bad tile covers */
  | ({ readonly ok: false } & BrokenRule);

/** Below this a second thread takes longer to start than it saves. */
const FEWEST_TILES_PER_THREAD = 16;
const WORKER = fileURLToPath(new URL('./scan-range.worker.mjs', import.meta.url));
/** Threads run compiled code only; from sources (in tests) this one does the work. */
const RUNS_COMPILED = import.meta.url.endsWith('.js');

/**
 * Holds a log's files against a checkpoint, all of them: entries against leaves, leaves against every tile above, tiles
 * against the root, and the leaves of each stream against each other. Whether the checkpoint is to be trusted is
 * another question.
 */
export async function checkLog(
  source: TrailSource,
  checkpoint: Checkpoint,
  { threads: most = availableParallelism(), onProgress, ...checks }: LogCheckOptions = {},
): Promise<LogCheck> {
  const { size } = checkpoint;
  const tiles = Math.ceil(size / TILE_WIDTH);
  const threads = Math.max(1, Math.min(most, Math.floor(tiles / FEWEST_TILES_PER_THREAD)));
  const share = Math.ceil(tiles / threads);
  let done = 0;
  const onTile = (): void => onProgress?.(Math.min(size, (done += 1) * TILE_WIDTH), size);
  const tasks = Array.from({ length: threads }, (_, at): ScanTask => ({
    ...checks,
    source,
    size,
    begin: at * share,
    end: Math.min(tiles, (at + 1) * share),
  }));
  const scan = threads > 1 && RUNS_COMPILED ? scanInThread : scanRange;
  const parts = await Promise.all(tasks.map((task) => scan(task, onTile)));

  const chains = new StreamChains(true);
  for (const part of parts) {
    const [broken] = [joined(chains, part), part.broken].flatMap((one) => one ?? []).sort((a, b) => a.index - b.index);
    if (broken) return { ok: false, ...broken };
  }
  const broken = await checkUpperTiles(
    openTrail(source),
    checkpoint,
    parts.flatMap(({ roots }) => roots),
  );
  if (broken) return { ok: false, ...broken };
  return {
    ok: true,
    chains,
    found: parts.flatMap((part) => part.found),
    quarantined: parts.flatMap((part) => part.quarantined),
    unwitnessed: parts.flatMap((part) => part.unwitnessed),
    declaredLate: parts.reduce((sum, part) => sum + part.declaredLate, 0),
  };
}

/** The earliest leaf at which the runs of a part do not follow the parts before. */
function joined(chains: StreamChains, part: ScanResult): BrokenRule | undefined {
  let first: BrokenRule | undefined;
  for (const [stream, chain] of part.chains) {
    const broken = chains.join(stream, chain);
    if (broken && (first === undefined || broken.index < first.index)) first = broken;
  }
  return first;
}

function scanInThread(task: ScanTask, onTile: () => void): Promise<ScanResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: task });
    worker.on('message', (said: 1 | ScanResult) => (said === 1 ? onTile() : resolve(said)));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a scanning thread ended without a result')));
  });
}

/** Level 1 must hold the roots of the tiles of level 0, and so on up to the checkpoint's root. */
async function checkUpperTiles(
  files: TrailReader,
  { size, root }: Checkpoint,
  levelOne: readonly Uint8Array[],
): Promise<BrokenRule | undefined> {
  try {
    const hashes = new TileHashes(files.readTile, size);
    for (const tile of allTiles(size)) {
      if (tile.level === 0) continue;
      const bytes = await files.readTile(tile);
      const leavesPerHash = 2 ** (TILE_HEIGHT * tile.level);
      const first = tile.index * TILE_WIDTH * leavesPerHash;
      if (bytes.length !== tile.width * HASH_BYTES)
        return { index: first, rule: `${tilePath(tile)} is missing or cut` };
      for (let at = 0; at < tile.width; at += 1) {
        const below = tile.index * TILE_WIDTH + at;
        const expected = tile.level === 1 ? levelOne[below] : await hashes.tileRoot(tile.level - 1, below);
        if (expected === undefined || !sameHash(expected, bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)))
          return { index: first + at * leavesPerHash, rule: `${tilePath(tile)} is not what the tiles below hash to` };
      }
    }
    if (levelOne.length !== hashesAtLevel(size, 1)) return { index: 0, rule: 'a tile is missing' };
    return sameHash(await hashes.root(), root)
      ? undefined
      : { index: size, rule: 'the tiles do not hash to the checkpoint' };
  } catch (fault) {
    if (fault instanceof TileFault) return { index: 0, rule: fault.message };
    throw fault;
  }
}
