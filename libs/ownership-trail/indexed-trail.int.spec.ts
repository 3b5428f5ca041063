import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { testNoteSigner } from '../event-signing/event-signing.spec-kit.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { SqliteReadDatabase } from '../read-database/sqlite-read-database.js';
import { ReadDatabaseFault } from '../read-database/read-database.js';
import { formatVkey } from '../transparency-log/note-key.js';
import { IndexedTrail, type IndexedTrailParts } from './indexed-trail.js';
import { indexFileOf } from './trail-files.js';
import { Seen } from './trail-keeper.spec-kit.js';
import { TrailQueries } from './trail-queries.js';
import { appendEvents, newTrailFolder } from './trail.spec-kit.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) for (const path of [folder, indexFileOf(folder)]) rmSync(path, { recursive: true });
});
const OPENERS = {
  'a thread of its own': (file: string) => SqliteReadDatabase.open(file),
  'the same thread': async (file: string) => SqliteReadDatabase.openInThisThread(file),
};

describe.each(Object.entries(OPENERS))('A trail with its index, written by %s', (_, openDatabase) => {
  let store: MemoryEventStore;
  let folder: string;
  let seen: Seen;
  const open = (): Promise<IndexedTrail> => {
    const place = { folder, writerKey: formatVkey(testNoteSigner().key) };
    const parts: IndexedTrailParts = { place, store, clock: Date.now, observe: seen.observe, openDatabase };
    return IndexedTrail.open(parts);
  };
  beforeEach(() => {
    store = new MemoryEventStore();
    folder = newTrailFolder();
    folders.push(folder);
    seen = new Seen();
  });
  const isIndexed = async (revision: number): Promise<boolean> => {
    const queries = new TrailQueries(folder);
    try {
      return await queries.indexed.whenIndexed('lead-0', revision, { timeoutMs: 10_000 });
    } finally {
      await queries.stop();
    }
  };

  it('has what is sealed, and goes on after a restart', async () => {
    await appendEvents(store, 50, 1);
    for (const revision of [49, 99]) {
      const trail = await open();
      trail.start();
      expect(await isIndexed(revision)).toBe(true);
      await trail.stop();
      await appendEvents(store, 50, 1);
    }
  });

  it('gives up waiting for what is never sealed', async () => {
    const trail = await open();
    const queries = new TrailQueries(folder);
    const waiting = queries.indexed.whenIndexed('lead-0', 0, { timeoutMs: 600_000 });
    await queries.stop();
    expect(await waiting).toBe(false);
    await trail.stop();
  });

  it('says why the index stands still, and goes on once the log is whole', async () => {
    await appendEvents(store, 300, 1);
    const first = await open();
    first.start();
    await seen.published(300);
    await first.stop();
    // Made anew, so that it reads what was sealed before.
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${indexFileOf(folder)}${suffix}`, { force: true });
    const file = join(folder, 'tile/entries/000');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 1_000));
    const trail = await open();
    const { fault } = await seen.when('index-stands-still');
    expect(fault).toMatchObject({ name: 'LogUnreadable' });
    const { indexFault } = await trail.status();
    expect(indexFault).toMatch(/entries/);
    expect(indexFault).not.toContain('maria');
    writeFileSync(file, whole);
    await seen.when('index-goes-on');
    expect(await isIndexed(299)).toBe(true);
    expect(await trail.status()).not.toHaveProperty('indexFault');
    await trail.stop();
  });

  it('is refused in one line where the file of the index is of another program, and leaves nothing open', async () => {
    const other = new Database(indexFileOf(folder));
    other.exec('create table mine (id integer)');
    await expect(open()).rejects.toThrow(ReadDatabaseFault);
    await expect(open()).rejects.toThrow(/index\.sqlite is no read database: it belongs to another program$/);
    expect(other.prepare('select name from sqlite_master').pluck().all()).toEqual(['mine']);
    other.close();
    rmSync(indexFileOf(folder));
    // Not refused: whoever was refused holds neither the folder nor the file.
    await (await open()).stop();
  });
});
