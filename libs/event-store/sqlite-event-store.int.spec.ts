import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { eventStoreContract } from './event-store.contract.spec-kit.js';
import { everything, newEvent, newEvents, newStream } from './opened-store.spec-kit.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { openSqliteStore, withSqliteStore } from './sqlite-store.spec-kit.js';

eventStoreContract('sqlite', () => openSqliteStore());

describe('the SQLite event store', () => {
  it(
    'makes its directory and files readable by their owner only',
    withSqliteStore({}, async ({ store, file }) => {
      await store.append(newStream(), 'no-stream', newEvents(1));
      const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
      expect(await mode(dirname(file))).toBe('700');
      for (const path of [file, `${file}-wal`, `${file}-shm`, `${file}.lock`]) expect(await mode(path)).toBe('600');
    }),
  );

  it(
    'refuses a second open of the same file in one line, and allows it after the first is closed',
    withSqliteStore({}, async ({ store, file, reopen }) => {
      await expect(SqliteEventStore.open({ file })).rejects.toMatchObject({
        name: 'StoreFault',
        message: `the event store ${file} is already open, in this process or another`,
      });
      expect(await store.append(newStream(), 'no-stream', newEvents(1))).toMatchObject({ ok: true });
      expect(await everything(await reopen())).toHaveLength(1);
    }),
  );

  it(
    'finishes what was taken before it closes',
    withSqliteStore({}, async ({ store, reopen }) => {
      const appends = Array.from({ length: 200 }, () => store.append(newStream(), 'no-stream', newEvents(2)));
      const reopening = reopen();
      for (const result of await Promise.all(appends)) expect(result).toMatchObject({ ok: true });
      expect(await everything(await reopening)).toHaveLength(400);
    }),
  );

  it(
    'rejects every append of a group that does not fit on the disk, keeps nothing of it and goes on',
    withSqliteStore({ mostPages: 40 }, async ({ store }) => {
      const stream = newStream();
      await store.append(stream, 'no-stream', newEvents(1));
      const before = await everything(store);
      const group = [newEvent(), newEvent({ fill: 'x'.repeat(400_000) }), newEvent()].map((event, n) =>
        store.append(n === 2 ? stream : newStream(), n === 2 ? 0 : 'no-stream', [event]),
      );
      for (const outcome of await Promise.allSettled(group))
        expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreFault' } });
      expect(await everything(store)).toEqual(before);
      expect(await store.append(stream, 0, newEvents(2))).toEqual({ ok: true, revision: 2, position: '3' });
    }),
  );

  it(
    'refuses with StoreOverloaded what is beyond its bounds, and only that',
    withSqliteStore({ mostWaitingAppends: 4, mostWaitingBytes: 1_000 }, async ({ store }) => {
      const append = (fill = '') => store.append(newStream(), 'no-stream', [newEvent({ fill })]);
      const many = await Promise.allSettled(Array.from({ length: 6 }, () => append()));
      expect(many.map(({ status }) => status)).toEqual([...Array<string>(4).fill('fulfilled'), 'rejected', 'rejected']);
      expect(many[5]).toMatchObject({ reason: { name: 'StoreOverloaded' } });
      const alone = append('x'.repeat(2_000));
      expect(store.waiting).toMatchObject({ appends: 1 });
      await expect(append()).rejects.toMatchObject({ name: 'StoreOverloaded' });
      expect(await alone).toMatchObject({ ok: true });
      expect(store.waiting).toEqual({ appends: 0, bytes: 0 });
      expect(await append()).toMatchObject({ ok: true });
    }),
  );

  it(
    'refuses a file of another schema version, of another program and of another format, and leaves it as it was',
    withSqliteStore({}, async ({ store, file }) => {
      const opening = () => SqliteEventStore.open({ file });
      await store.close();
      const pragma = (text: string) => new Database(file).exec(`PRAGMA ${text}`).close();
      pragma('user_version = 2');
      await expect(opening()).rejects.toThrow(/schema version 2; this program knows version 1/);
      pragma('user_version = 1; PRAGMA application_id = 7');
      await expect(opening()).rejects.toThrow(/no event store of Baton/);
      await writeFile(
        file,
        'not a database, but longer than a header of SQLite is, which has a hundred bytes.'.repeat(9),
      );
      const before = await readFile(file);
      await expect(opening()).rejects.toThrow(/cannot be opened: file is not a database/);
      expect(await readFile(file)).toEqual(before);
      await expect(SqliteEventStore.open({ file: `${file}/below/events.db` })).rejects.toMatchObject({
        name: 'StoreFault',
      });
    }),
  );
});
