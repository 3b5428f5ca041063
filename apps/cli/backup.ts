import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { chmod, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertSound, SqliteSnapshot } from '../../libs/event-store/sqlite-snapshot.js';
import { BACKED_UP, KEYS, MANIFEST, parseManifest, type BackedUp, type Manifest } from './backup-files.js';
import { copyTrail, isTrailCopy, restoreTrail } from '../../libs/ownership-trail/trail-copy.js';
import { keyFileOf, TRAIL_FOLDER } from '../../libs/ownership-trail/trail-files.js';
import { copyDurably, synced, writeDurably } from '../../libs/durable-files/durable-files.js';
import { CommandFailed, EXIT } from './exit-codes.js';

/** Told again and again how much of all is done. */
export type Progress = (done: number, total: number) => void;

/**
 * Copies the data of an embedded installation while it runs. Every event that was acknowledged before is in it, and what
 * is in it belongs together. The folder is complete or not there.
 *
 * @throws CommandFailed where there is no data, or the folder is taken
 * @throws StoreFault where a file cannot be read
 */
export async function backUp(dataDir: string, into: string, now: () => Date, progress: Progress): Promise<Manifest> {
  for (const name of BACKED_UP) {
    if (!existsSync(join(dataDir, name)))
      throw new CommandFailed(EXIT.unusableInput, `there is no ${name} in ${dataDir}: is it a data directory?`);
  }
  if (existsSync(into) && readdirSync(into).length > 0)
    throw new CommandFailed(EXIT.unusableInput, `${into} is not empty: a backup is written to a new folder`);
  const draft = `${into.replace(/\/+$/, '')}.partial`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const takenAt = now().toISOString();
  const snapshots: [BackedUp, SqliteSnapshot][] = [];
  try {
    // Before the events: what is sealed in it must be in the store.
    const trail = await copyTrail(dataDir, draft);
    for (const name of BACKED_UP) snapshots.push([name, SqliteSnapshot.take(join(dataDir, name))]);
    const total = snapshots.reduce((sum, [, { pages }]) => sum + pages, 0);
    const events = snapshots.find(([name]) => name === 'events.sqlite')?.[1].lastPosition ?? 0;
    const files: Manifest['files'][number][] = [];
    let done = 0;
    for (const [name, snapshot] of snapshots) {
      const file = join(draft, name);
      await snapshot.copyTo(file, (pages) => progress(done + pages, total));
      done += snapshot.pages;
      await chmod(file, 0o600);
      await synced(file);
      files.push({ name, ...(await digestOf(file)) });
    }
    const manifest: Manifest = { format: 1, takenAt, events, files, ...(trail ? { trail } : {}) };
    await writeDurably(join(draft, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(draft, into);
    await synced(dirname(join(into, '.')));
    progress(total, total);
    return manifest;
  } finally {
    for (const [, snapshot] of snapshots) snapshot.close();
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * Lays a backup into a data directory that has no data yet. Checked first, whole: nothing is written for a backup that
 * is incomplete, altered or damaged.
 *
 * @throws CommandFailed
 */
export async function restore(from: string, dataDir: string, progress: Progress): Promise<Manifest> {
  const manifest = await manifestIn(from);
  const { trail } = manifest;
  const names = [...BACKED_UP.flatMap((name) => [name, `${name}-wal`]), TRAIL_FOLDER];
  const taken = names.find((name) => existsSync(join(dataDir, name)));
  if (taken !== undefined)
    throw new CommandFailed(EXIT.unusableInput, `${dataDir} has a ${taken} already: restore into a new data directory`);
  const total = 2 * manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const { name, bytes, sha256 } of manifest.files) {
    const file = join(from, name);
    const found = existsSync(file) ? await digestOf(file) : undefined;
    if (found?.sha256 !== sha256 || found.bytes !== bytes) throw notAsTaken(file);
    progress((done += bytes), total);
  }
  if (trail && !(await isTrailCopy(from, trail))) throw notAsTaken(join(from, TRAIL_FOLDER));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (trail) await restoreTrail(from, dataDir);
  for (const { name, bytes } of manifest.files) {
    const draft = join(dataDir, `${name}.partial`);
    await copyDurably(join(from, name), draft);
    assertSound(draft);
    progress((done += bytes), total);
  }
  for (const { name } of manifest.files) await rename(join(dataDir, `${name}.partial`), join(dataDir, name));
  await synced(dataDir);
  return manifest;
}

/** The files of a data directory that no backup holds. */
export const keysOf = (dataDir: string): readonly string[] =>
  existsSync(join(dataDir, TRAIL_FOLDER)) ? [...KEYS, keyFileOf(TRAIL_FOLDER)] : KEYS;

export const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);

/** What a restored directory still lacks, in words. */
export function withoutKeys(dataDir: string): string | undefined {
  const lacking = keysOf(dataDir).filter((name) => !existsSync(join(dataDir, name)));
  if (lacking.length === 0) return undefined;
  return `put the installation's ${listed(lacking)} into ${dataDir} before it is started: no backup holds keys`;
}

const notAsTaken = (path: string): CommandFailed =>
  new CommandFailed(EXIT.unusableInput, `${path} is not what the backup was taken as: use another backup`);

async function manifestIn(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined);
  const manifest = text === undefined ? undefined : parseManifest(text);
  if (manifest) return manifest;
  throw new CommandFailed(EXIT.unusableInput, `${folder} is no backup of Baton: it has no usable ${MANIFEST}`);
}

async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}
