import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseCheckpointNote } from '../../libs/transparency-log/checkpoint.js';
import { synced, writeDurably } from '../../libs/durable-files/durable-files.js';
import { CommandFailed, EXIT } from './exit-codes.js';

/** The log's folder in a backup, as it is in a data directory. */
export const TRAIL = 'trail';
/** Beside the folder, and public: whom the log trusts. Its key is not. */
const BESIDE = ['trail.policy', 'trail.event-keys'] as const;
export const TRAIL_KEY = 'trail.key';

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
 * @returns undefined where there is no log
 */
export async function copyTrail(dataDir: string, into: string): Promise<TrailCopy | undefined> {
  const [from, to] = [join(dataDir, TRAIL), join(into, TRAIL)];
  if (!existsSync(join(from, 'pending'))) return undefined;
  // What is handed out is never ahead of what is signed, if it is read first.
  const checkpoint = await readIfThere(join(from, 'checkpoint'));
  const { pending, size, position } = await signedSoFar(from);
  const published = checkpoint === undefined ? -1 : sizeOf(checkpoint);
  const copied = new Set<string>();
  for (let tries = 1; (await copyNew(from, to, published, copied)) > 0; tries += 1)
    if (tries === MOST_TRIES)
      throw new CommandFailed(EXIT.failed, `the trail in ${from} changes faster than it is copied`);
  await mkdir(join(to, 'position'), { recursive: true, mode: 0o700 });
  if (position !== undefined) await writeDurably(join(to, `position/${size}`), position);
  if (checkpoint !== undefined) await writeDurably(join(to, 'checkpoint'), checkpoint);
  await writeDurably(join(to, 'pending'), pending);
  for (const name of BESIDE) await copyIfThere(join(dataDir, name), join(into, name));
  return { size, ...(await digestOf(to)) };
}

/** That a backup's log is the one that was copied. @throws CommandFailed where it is another */
export async function assertTrail(from: string, { files, sha256 }: TrailCopy): Promise<void> {
  const found = existsSync(join(from, TRAIL)) ? await digestOf(join(from, TRAIL)) : undefined;
  if (found?.sha256 !== sha256 || found.files !== files)
    throw new CommandFailed(
      EXIT.unusableInput,
      `${join(from, TRAIL)} is not what the backup was taken as: use another`,
    );
}

/** Lays a copied log into a data directory. What somebody has put beside it stays. */
export async function restoreTrail(from: string, dataDir: string): Promise<void> {
  const files = await filesIn(join(from, TRAIL));
  // Without `pending` a log is not gone on with: it comes last.
  for (const path of files.toSorted((a, b) => Number(a === 'pending') - Number(b === 'pending')))
    await copyIfThere(join(from, TRAIL, path), join(dataDir, TRAIL, path));
  for (const name of BESIDE)
    if (!existsSync(join(dataDir, name))) await copyIfThere(join(from, name), join(dataDir, name));
}

/** The signed checkpoint with the position that goes with it, which the next signature takes away. */
async function signedSoFar(folder: string) {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const pending = await readFile(join(folder, 'pending'));
    const size = sizeOf(pending);
    const position = size === 0 ? undefined : await readIfThere(join(folder, `position/${size}`));
    if (size === 0 || position !== undefined) return { pending, size, position };
  }
  throw new CommandFailed(EXIT.failed, `the trail in ${folder} says no position: baton audit rebuild`);
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
  const kept = /^checkpoints\/(\d+)(?:\.last)?$/.exec(path);
  return kept ? Number(kept[1]) <= published : path.startsWith('tile/') && !path.endsWith('.draft');
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
  if (!read.ok) throw new CommandFailed(EXIT.failed, `a checkpoint of the trail cannot be read: ${read.problem}`);
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
