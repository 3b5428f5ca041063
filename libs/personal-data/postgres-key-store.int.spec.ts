import { randomBytes } from 'node:crypto';
import { testPostgres } from '../../tools/postgres/test-server.mjs';
import { dropSchema, onPostgres } from '../postgres/postgres.spec-kit.js';
import type { BlindIndexEntry } from './blind-index.js';
import type { DataKey } from './envelope.js';
import type { KeyRing } from './key-ring.js';
import { epochKey, HeldRing, keyRing } from './key-ring.spec-kit.js';
import { keyStoreContract } from './key-store.contract.spec-kit.js';
import { KeyStoreFault } from './key-store.js';
import { endPepperRotation, rotatePepper } from './pepper-rotation.js';
import { sharedPepperContract } from './pepper.contract.spec-kit.js';
import { PostgresKeyStore } from './postgres-key-store.js';

let url: string;
let schema: string;
const opened: PostgresKeyStore[] = [];

beforeAll(async () => {
  url = await testPostgres();
});
beforeEach(() => {
  schema = `test_keys_${randomBytes(6).toString('hex')}`;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await dropSchema(url, schema);
});

async function open(ring: KeyRing = keyRing()): Promise<PostgresKeyStore> {
  const store = await PostgresKeyStore.open({ url, schema, ring, random: randomBytes });
  opened.push(store);
  return store;
}

const run = <Row extends object>(statement: string): Promise<readonly Row[]> =>
  onPostgres(url, async (client) => {
    await client.query(`set search_path = ${schema}`);
    return (await client.query<Row>(statement)).rows;
  });
const email = (mac: string): BlindIndexEntry => ({ kind: 'email', mac });
const request = (name: string, mac = name) => ({
  candidates: [email(mac)],
  newContact: `contact-${name}`,
  leadId: `lead-${name}`,
});
const hex = (key: DataKey | string): string => (typeof key === 'string' ? key : key.key.export().toString('hex'));

describe('the key store in PostgreSQL', () => {
  describe('keeps the contract', () => keyStoreContract((ring) => open(ring)));
  describe('shares a new pepper', () => sharedPepperContract((ring) => open(ring)));

  it('keeps everything over a restart, and never has a key in the clear', async () => {
    const first = await open();
    await first.reserveContact(request('ann'));
    await first.reserveContact(request('bob'));
    await first.erase('contact-bob');
    const key = hex(await first.keyFor('contact-ann'));
    await first.close();
    const second = await open();
    expect(hex(await second.keyFor('contact-ann'))).toBe(key);
    expect(await second.keyFor('contact-bob')).toBe('erased');
    expect(await second.lookup(email('ann'))).toBe('contact-ann');
    const stored = await run<{ wrapped: string }>('select wrapped from data_key');
    expect(stored).toHaveLength(1);
    expect(Buffer.from(stored[0]!.wrapped, 'base64url').toString('hex')).not.toContain(key);
  });

  it('shares commits: fifty creates at once cost a few', async () => {
    const store = await open();
    const inserted = () => run<{ tx: string }>('select distinct xmin::text as tx from data_key');
    await Promise.all(Array.from({ length: 50 }, (_, at) => store.reserveContact(request(String(at)))));
    expect((await inserted()).length).toBeLessThanOrEqual(3);
  });

  it('waits for the disk, whatever the server is set to', async () => {
    const store = await open();
    const pool = (store as unknown as { pool: { query(text: string): Promise<{ rows: object[] }> } }).pool;
    expect((await pool.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: 'on' }]);
  });

  it('opens in several processes at once, and lets one win an address for all of them', async () => {
    const stores = await Promise.all([open(), open(), open()]);
    const racing = await Promise.all(
      Array.from({ length: 60 }, (_, at) => stores[at % 3]!.reserveContact(request(String(at), 'same'))),
    );
    const contacts = new Set(racing.map((each) => (each === 'erased' ? each : each.contact)));
    expect(contacts.size).toBe(1);
    const keys = await Promise.all(stores.map((store) => store.keyFor([...contacts][0]!)));
    expect(new Set(keys.map(hex)).size).toBe(1);
  });

  it('leaves no key where two processes reserve and erase at once', async () => {
    const [one, two] = [await open(), await open()];
    for (let round = 0; round < 20; round += 1) {
      const { newContact } = request(String(round));
      await Promise.all([one.reserveContact(request(String(round))), two.erase(newContact)]);
      expect(await one.keyFor(newContact)).toBe('erased');
      expect(await two.lookup(email(String(round)))).toBeUndefined();
    }
    expect(await run('select * from data_key')).toEqual([]);
  });

  it('finishes what waits when it is closed', async () => {
    const store = await open();
    const waiting = Promise.all(Array.from({ length: 20 }, (_, at) => store.reserveContact(request(String(at)))));
    await store.close();
    expect(await waiting).toHaveLength(20);
    expect(await (await open()).lookup(email('19'))).toBe('contact-19');
  });

  it('has nothing of the pepper before in a row once another is over it, also where an older backup brought it back', async () => {
    const ring = new HeldRing();
    const store = await open(ring);
    await store.reserveContact(request('ann', 'mac-of-ann'));
    await store.reserveContact(request('bob', 'mac-of-bob'));
    await store.erase('contact-bob', { keepOptOut: true });
    await run(`create table backup as select * from index_entry; create table backup_opt_out as select * from opt_out`);
    await rotatePepper(ring, store);
    const macs = async () =>
      (await run<{ mac: string }>('select mac from index_entry union all select mac from opt_out')).map(
        ({ mac }) => mac,
      );
    const before = await macs();
    expect(before.join()).not.toContain('mac-of-');
    await run(`delete from index_entry; insert into index_entry select * from backup; drop table backup;
               delete from opt_out; insert into opt_out select * from backup_opt_out; drop table backup_opt_out;
               delete from key_mark where name = 'pepper-2'`);
    const restored = await open(ring.readAgain());
    expect(await restored.lookup(email('mac-of-ann'))).toBe('contact-ann');
    expect(await endPepperRotation(ring, restored)).toBe(2);
    expect(await macs()).toEqual(before);
    expect(await restored.lookup(email('mac-of-ann'))).toBe('contact-ann');
  });

  it('is brought up where it is from before peppers were rotated, and a process from then is refused by it', async () => {
    const store = await open();
    await store.reserveContact(request('ann'));
    await run(`create or replace function is_stale(entries jsonb) returns boolean language sql as 'select false';
               update key_store_version set version = 2`);
    await store.close();
    const ring = new HeldRing();
    const upgraded = await open(ring);
    expect(await rotatePepper(ring, upgraded)).toEqual({ pepper: 2, recomputed: 1 });
    expect(await upgraded.lookup(email('ann'))).toBe('contact-ann');
    expect(await run('select version from key_store_version')).toEqual([{ version: 3 }]);
    const asThen = { candidates: [{ kind: 'email', pepperVersion: 1, mac: 'ann' }], newContact: 'x', leadId: 'x' };
    const call = JSON.stringify([{ name: 'reserveContact', args: [asThen] }]);
    await expect(run(`select run_operations('${call}')`)).rejects.toThrow(/array length/);
  });

  it('is not opened with another key file', async () => {
    await (await open()).close();
    await expect(open(keyRing(50))).rejects.toThrow(KeyStoreFault);
    await expect(open({ ...keyRing(), peppers: keyRing(50).peppers })).rejects.toThrow('another key file');
    await expect(open()).resolves.toBeDefined();
  });

  it('wraps under the newest epoch and still opens what the one before wrapped', async () => {
    const first = await open();
    await first.reserveContact(request('ann'));
    const key = hex(await first.keyFor('contact-ann'));
    await first.close();
    const both = await open(keyRing(1, [epochKey(2, 9)]));
    await both.reserveContact(request('bob'));
    expect(hex(await both.keyFor('contact-ann'))).toBe(key);
    expect(hex(await both.keyFor('contact-bob'))).toHaveLength(64);
    await both.close();
    await expect((await open()).keyFor('contact-bob')).rejects.toThrow('no key of epoch 2');
  });

  it('does not hand out the key of an erased contact that a backup brought back, nor one that was moved', async () => {
    const store = await open();
    await store.reserveContact(request('ann'));
    await store.reserveContact(request('bob'));
    await store.reserveContact(request('cat'));
    await run(`insert into fence values ('contact-ann', 'contact-ann', 1)`);
    await run(`update data_key set wrapped = (select wrapped from data_key where contact = 'contact-cat')
               where contact = 'contact-bob'`);
    expect(await store.keyFor('contact-ann')).toBe('erased');
    await expect(store.keyFor('contact-bob')).rejects.toThrow(KeyStoreFault);
    expect(hex(await store.keyFor('contact-cat'))).toHaveLength(64);
  });

  it('goes on when its connections were cut', async () => {
    const store = await open();
    await store.reserveContact(request('ann'));
    await run(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'baton keys in ${schema}'`,
    );
    expect(hex(await store.keyFor('contact-ann'))).toHaveLength(64);
    expect(await store.reserveContact(request('bob'))).toMatchObject({ minted: true });
  });

  it('fails a whole group together, says only the code, and goes on afterwards', async () => {
    const store = await open();
    await run(`alter table data_key add check (contact not like '%canary%')`);
    const failed = await Promise.allSettled([
      store.reserveContact(request('canary')),
      store.reserveContact(request('bystander')),
    ]);
    for (const each of failed) {
      expect(each).toMatchObject({ status: 'rejected', reason: { message: 'the key store answers 23514' } });
    }
    expect(await store.lookup(email('bystander'))).toBeUndefined();
    expect(await store.reserveContact(request('bystander'))).toMatchObject({ minted: true });
  });

  it('is refused in one line where the address, the schema or the version is not ours', async () => {
    const refused = (given: string) =>
      PostgresKeyStore.open({ url: given, schema, ring: keyRing(), random: randomBytes }).then(
        (store) => store.close().then(() => 'opened'),
        (fault: Error) => `${fault.name}: ${fault.message}`,
      );
    expect(await refused('postgres://u:secret@127.0.0.1:1/x')).toMatch(/^KeyStoreFault: no server answers at [^\n]*$/);
    expect(await refused('http://127.0.0.1')).toMatch(/^KeyStoreFault: BATON_DATABASE: give postgres:/);
    await (await open()).close();
    await run('update key_store_version set version = 99');
    expect(await refused(url)).toMatch(/KEY_STORE_VERSION/);
    await dropSchema(url, schema);
    await onPostgres(url, (client) => client.query(`create schema ${schema} create table theirs (x text)`));
    expect(await refused(url)).toMatch(/belongs to another program/);
  });
});
