import { randomBytes } from 'node:crypto';
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { testPostgres } from '../../tools/postgres/test-server.mjs';
import { dropSchema } from '../postgres/postgres.spec-kit.js';
import type { DataKey } from './envelope.js';
import { rotateEpoch } from './epoch-rotation.js';
import { openKeyFile, type KeyFile } from './key-file.js';
import { KeyStoreFault, type KeyStore } from './key-store.js';
import { PostgresKeyStore } from './postgres-key-store.js';
import { SqliteKeyStore } from './sqlite-key-store.js';

let folder: string;
let keyFile: KeyFile;
const opened: KeyStore[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-epochs-'));
  keyFile = openKeyFile(join(folder, 'keys.json'), randomBytes);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

const kept = <Store extends KeyStore>(store: Store): Store => {
  opened.push(store);
  return store;
};
const openSqlite = async () => kept(await SqliteKeyStore.open(join(folder, 'keys.sqlite'), keyFile, randomBytes));
const hex = (key: DataKey | string): string => (typeof key === 'string' ? key : key.key.export().toString('hex'));
const mint = (store: KeyStore, name: string) =>
  store.reserveContact({ candidates: [], newContact: `contact-${name}`, leadId: `lead-${name}` });
const keysOf = (store: KeyStore, names: readonly string[]) =>
  Promise.all(names.map(async (name) => hex(await store.keyFor(`contact-${name}`))));
const epochs = () => keyFile.epochs.map(({ epoch }) => epoch);

const MANY = Array.from({ length: 1_200 }, (_, at) => String(at));

describe('A key epoch', () => {
  it('is ended with every key kept, whoever was erased excepted, and the key file overwritten', async () => {
    const store = await openSqlite();
    await Promise.all(MANY.map((name) => mint(store, name)));
    await store.erase('contact-0');
    const before = await keysOf(store, MANY);
    const old = readFileSync(join(folder, 'keys.json'), 'utf8');
    linkSync(join(folder, 'keys.json'), join(folder, 'before'));

    expect(await rotateEpoch(keyFile, store)).toEqual({ epoch: 2, rewrapped: 1_199 });
    expect(await keysOf(store, MANY)).toEqual(before);
    expect(epochs()).toEqual([2]);
    expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
    const secret = (JSON.parse(old) as { epochs: { key: string }[] }).epochs[0]!.key;
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'latin1')).not.toContain(secret);
    await mint(store, 'later');
    await store.close();
    expect(await keysOf(await openSqlite(), MANY)).toEqual(before);
  });

  it('opens nothing any more of a key store from before', async () => {
    const store = await openSqlite();
    await mint(store, 'ann');
    const database = new Database(join(folder, 'keys.sqlite'));
    const backup = database.prepare('SELECT * FROM data_key').all() as { wrapped: string }[];
    await rotateEpoch(keyFile, store);
    database.prepare('UPDATE data_key SET epoch = 1, wrapped = ?').run(backup[0]!.wrapped);
    database.close();
    expect(await store.keyFor('contact-ann')).toBe('unknown');
    expect(await rotateEpoch(keyFile, store)).toEqual({ epoch: 3, rewrapped: 0 });
  });

  it.each([1, 2, 3, 4])(
    'that was interrupted at step %i is ended by asking again; nothing is lost in between',
    async (at) => {
      const store = await openSqlite();
      await Promise.all(MANY.map((name) => mint(store, name)));
      const before = await keysOf(store, MANY);
      let calls = 0;
      const failing: KeyStore = Object.assign(Object.create(store) as KeyStore, {
        alone: <Result>(work: () => Promise<Result>) => store.alone(work),
        async rewrap(most: number) {
          calls += 1;
          if (calls === at) throw new KeyStoreFault('the key store is away');
          return store.rewrap(most);
        },
      });
      await expect(rotateEpoch(keyFile, failing)).rejects.toThrow('away');
      expect(epochs()).toEqual([1, 2]);
      expect(await keysOf(store, MANY)).toEqual(before);
      await rotateEpoch(keyFile, store);
      expect(epochs()).toEqual([2]);
      expect(await keysOf(store, MANY)).toEqual(before);
    },
  );

  it('is ended by one process while others read and make keys, who lose nothing', async () => {
    const url = await testPostgres();
    const schema = `test_epochs_${randomBytes(6).toString('hex')}`;
    const open = async () => {
      const ring = openKeyFile(join(folder, 'keys.json'), randomBytes);
      return { ring, store: kept(await PostgresKeyStore.open({ url, schema, ring, random: randomBytes })) };
    };
    const [one, two] = [await open(), await open()];
    const names = MANY.slice(0, 100);
    await Promise.all(names.map((name) => mint(two.store, name)));
    const before = await keysOf(two.store, names);
    let ending = false;
    let made = 0;
    const reading = (async () => {
      while (!ending) expect(await keysOf(two.store, names.slice(0, 20))).toEqual(before.slice(0, 20));
    })();
    const making = (async () => {
      for (; !ending; made += 1) expect(await mint(two.store, `new-${made}`)).toMatchObject({ minted: true });
    })();
    for (const epoch of [2, 3, 4]) expect(await rotateEpoch(one.ring, one.store)).toMatchObject({ epoch });
    ending = true;
    await Promise.all([reading, making]);
    expect(made).toBeGreaterThan(0);
    expect(await keysOf(two.store, names)).toEqual(before);
    expect(
      (
        await keysOf(
          one.store,
          MANY.slice(0, made).map((at) => `new-${at}`),
        )
      ).every((key) => key.length === 64),
    ).toBe(true);
    two.ring.refresh();
    expect(two.ring.epochs.map(({ epoch }) => epoch)).toEqual([4]);
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await dropSchema(url, schema);
  });
});
