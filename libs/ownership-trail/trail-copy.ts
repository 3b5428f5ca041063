import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { synced, writeDurably } from '../durable-files/durable-files.js';
import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import {
  archivedSize,
  CHECKPOINT,
  eventKeysFileOf,
  isDraft,
  PENDING,
  policyFileOf,
  positionPath,
  TRAIL_FOLDER,
} from './trail-files.js';
import { TrailRefused } from './trail-refused.js';

/** What is public of the files beside the folder. */
const BESIDE = [policyFileOf(TRAIL_FOLDER), eventKeysFileOf(TRAIL_FOLDER)] as const;

/** All files of a copied log as one: a log has too many to name each. */
export interface TrailCopy {
  /** leaves that the log has signed */
  readonly size: number;
  readonly files: number;
  /** SHA-256 of each file's path and SHA-256, a line each, by path; hex */
  readonly sha256: string;
}

const MOST_TRIES = 20;

/**
 * Copies a log while it is sealed on: the last signed checkpoint, all that it covers, and the kept checkpoints, whose
 * times no store could give again. To be called before the events are copied, which must reach as far as the log.
 *
 * @param dataDir has the log in its folder `trail`; so has `into` afterwards
 * @returns undefined where there is no log
 * @throws TrailRefused where it cannot be copied
 */
export async function copyTrail(dataDir: string, into: string): Promise<TrailCopy | undefined> {
  const [from, to] = [join(dataDir, TRAIL_FOLDER), join(into, TRAIL_FOLDER)];
  if (!existsSync(join(from, PENDING))) return undefined;
  // What is handed out is never ahead of what is signed, if it is read first.
  const checkpoint = await readIfThere(join(from, CHECKPOINT));
  const { pending, size, position } = await signedSoFar(from);
  const published = checkpoint === undefined ? -1 : sizeOf(checkpoint);
  const copied = new Set<string>();
  for (let tries = 1; (await copyNew(from, to, published, copied)) > 0; tries += 1)
    if (tries === MOST_TRIES) throw new TrailRefused(`the trail in ${from} changes faster than it is copied`);
  const positionFile = join(to, positionPath(size));
  await mkdir(dirname(positionFile), { recursive: true, mode: 0o700 });
  if (position !== undefined) await writeDurably(positionFile, position);
  if (checkpoint !== undefined) await writeDurably(join(to, CHECKPOINT), checkpoint);
  await writeDurably(join(to, PENDING), pending);
  for (const name of BESIDE) await copyIfThere(join(dataDir, name), join(into, name));
  return { size, ...(await digestOf(to)) };
}

/** Whether what lies there is, file by file, what was copied. */
export async function isTrailCopy(from: string, { files, sha256 }: TrailCopy): Promise<boolean> {
  const folder = join(from, TRAIL_FOLDER);
  const found = existsSync(folder) ? await digestOf(folder) : undefined;
  return found?.sha256 === sha256 && found.files === files;
}

/** Lays a copied log into a data directory. What somebody has put beside it stays. */
export async function restoreTrail(from: string, dataDir: string): Promise<void> {
  const files = await filesIn(join(from, TRAIL_FOLDER));
  // Without `pending` a log is not gone on with: it comes last.
  for (const path of files.toSorted((a, b) => Number(a === PENDING) - Number(b === PENDING)))
    await copyIfThere(join(from, TRAIL_FOLDER, path), join(dataDir, TRAIL_FOLDER, path));
  for (const name of BESIDE)
    if (!existsSync(join(dataDir, name))) await copyIfThere(join(from, name), join(dataDir, name));
}

/** The signed checkpoint with the position that goes with it, which the next signature takes away. */
async function signedSoFar(folder: string) {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const pending = await readFile(join(folder, PENDING));
    const size = sizeOf(pending);
    const position = size === 0 ? undefined : await readIfThere(join(folder, positionPath(size)));
    if (size === 0 || position !== undefined) return { pending, size, position };
  }
  throw new TrailRefused(`the trail in ${folder} says no position: baton audit rebuild`);
}

/** Copies what was not yet. @returns how many files were gone before they were: what took their place is then missing */
async function copyNew(from: string, to: string, published: number, copied: Set<string>): Promise<number> {
  let gone = 0;
  for (const path of await filesIn(from)) {
    if (copied.has(path) || !isPart(path, published)) continue;
    if (await copyIfThere(join(from, path), join(to, path))) copied.add(path);
    else gone += 1;
  }
  return gone;
}

/** Tiles and bundles, and what was handed out before the checkpoint that is copied. */
function isPart(path: string, published: number): boolean {
  const kept = archivedSize(path);
  return kept === undefined ? path.startsWith('tile/') && !isDraft(path) : kept <= published;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .toSorted();
}

async function digestOf(folder: string): Promise<Pick<TrailCopy, 'files' | 'sha256'>> {
  const all = createHash('sha256');
  const files = await filesIn(folder);
  for (const path of files) {
    const digest = createHash('sha256').update(await readFile(join(folder, path)));
    all.update(`${path} ${digest.digest('hex')}\n`);
  }
  return { files: files.length, sha256: all.digest('hex') };
}

function sizeOf(note: Buffer): number {
  const read = parseCheckpointNote(note);
  if (!read.ok) throw new TrailRefused(`a checkpoint of the trail cannot be read: ${read.problem}`);
  return read.value.checkpoint.size;
}

async function copyIfThere(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await copyFile(from, to);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw fault;
  }
  await synced(to);
  return true;
}

const readIfThere = (file: string): Promise<Buffer | undefined> =>
  readFile(file).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return undefined;
    throw fault;
  });
