import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { BlindIndexEntry } from './blind-index.js';
import type { DataKey } from './envelope.js';
import type { KeyRing } from './key-ring.js';
import { epochKey, HeldRing, keyRing } from './key-ring.spec-kit.js';
import { keyStoreContract } from './key-store.contract.spec-kit.js';
import { KeyStoreFault } from './key-store.js';
import { endPepperRotation, rotatePepper } from './pepper-rotation.js';
import { sharedPepperContract } from './pepper.contract.spec-kit.js';
import { SqliteKeyStore } from './sqlite-key-store.js';

let folder: string;
let file: string;
const opened: SqliteKeyStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-keys-'));
  file = join(folder, 'keys.sqlite');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

async function open(ring: KeyRing = keyRing(), path = file): Promise<SqliteKeyStore> {
  const store = await SqliteKeyStore.open(path, ring, randomBytes);
  opened.push(store);
  return store;
}

const email = (mac: string): BlindIndexEntry => ({ kind: 'email', mac });
const request = (name: string, mac = name) => ({
  candidates: [email(mac)],
  newContact: `contact-${name}`,
  leadId: `lead-${name}`,
});
const hex = (key: DataKey | string): string => (typeof key === 'string' ? key : key.key.export().toString('hex'));

/** Everything the store has on disk, its write-ahead log included. */
const onDisk = (): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join();

/** Commits in the write-ahead log: its frames that name the database's size after them (SQLite's file format, 4.1). */
function commitsInLog(): number {
  const log = readFileSync(`${file}-wal`);
  const frameBytes = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at < log.length; at += frameBytes) if (log.readUInt32BE(at + 4) > 0) commits += 1;
  return commits;
}

describe('the key store in SQLite', () => {
  describe('keeps the contract', () => keyStoreContract((ring) => open(ring)));
  describe('shares a new pepper', () => sharedPepperContract((ring) => open(ring)));

  it('keeps everything over a restart', async () => {
    const first = await open();
    await first.reserveContact(request('ann'));
    await first.reserveContact(request('bob'));
    await first.erase('contact-bob');
    const key = hex(await first.keyFor('contact-ann'));
    await first.close();

    const second = await open();
    expect(hex(await second.keyFor('contact-ann'))).toBe(key);
    expect(await second.keyFor('contact-bob')).toBe('erased');
    expect(await second.reserveContact(request('bob'))).toBe('erased');
    expect(await second.lookup(email('ann'))).toBe('contact-ann');
  });

  it('answers only what another connection can already read', async () => {
    const store = await open();
    await store.reserveContact(request('ann'));
    const other = new Database(file, { readonly: true });
    expect(other.prepare('SELECT contact, version, epoch FROM data_key').all()).toEqual([
      { contact: 'contact-ann', version: 1, epoch: 1 },
    ]);
    other.close();
  });

  it('shares commits: fifty creates at once cost a few syncs', async () => {
    const store = await open();
    const before = commitsInLog();
    await Promise.all(Array.from({ length: 50 }, (_, at) => store.reserveContact(request(String(at)))));
    expect(commitsInLog() - before).toBeLessThanOrEqual(3);
    expect(store.commits).toBe(commitsInLog() - 1);
  });

  it('lets one win when two processes race for an address, and both get the same key', async () => {
    const [one, two] = [await open(), await open()];
    const racing = await Promise.all(
      Array.from({ length: 40 }, (_, at) => (at % 2 ? one : two).reserveContact(request(String(at), 'same'))),
    );
    const contacts = new Set(racing.map((each) => (each === 'erased' ? each : each.contact)));
    expect(contacts.size).toBe(1);
    const [contact] = [...contacts];
    expect(hex(await one.keyFor(contact!))).toBe(hex(await two.keyFor(contact!)));
  });

  it('finishes what waits when it is closed', async () => {
    const store = await open();
    const waiting = Promise.all(Array.from({ length: 20 }, (_, at) => store.reserveContact(request(String(at)))));
    await store.close();
    expect(await waiting).toHaveLength(20);
    expect(await (await open()).lookup(email('19'))).toBe('contact-19');
  });

  it('never has a key in the clear on disk, and nothing of the contact but its fence and links once it is erased', async () => {
    const store = await open();
    await store.reserveContact(request('ann', 'mac-of-ann'));
    const key = (await store.keyFor('contact-ann')) as DataKey;
    const other = new Database(file, { readonly: true });
    const wrapped = other.prepare('SELECT wrapped FROM data_key').pluck().get() as string;
    other.close();
    expect(onDisk()).toContain(wrapped);
    expect(onDisk()).not.toContain(key.key.export().toString('latin1'));

    await store.erase('contact-ann');
    expect(onDisk()).not.toContain(wrapped);
    expect(onDisk()).not.toContain('mac-of-ann');
    expect(onDisk()).toContain('contact-ann');
  });

  it('does not hand out the key of an erased contact that a backup brought back', async () => {
    const store = await open();
    await store.reserveContact(request('ann'));
    await store.close();
    const backup = join(folder, 'backup.sqlite');
    copyFileSync(file, backup);
    const restored = new Database(backup);
    restored.prepare('INSERT INTO fence VALUES (?, ?, 1, 0)').run('contact-ann', 'contact-ann');
    restored.close();
    expect(await (await open(keyRing(), backup)).keyFor('contact-ann')).toBe('erased');
  });

  it('has nothing of the pepper before on disk once another is over it, whoever was erased or is there', async () => {
    const ring = new HeldRing();
    const store = await open(ring);
    await store.reserveContact(request('ann', 'mac-of-ann'));
    await store.reserveContact(request('bob', 'mac-of-bob'));
    await store.erase('contact-bob', { keepOptOut: true });
    expect(onDisk()).toContain('mac-of-ann');
    expect(onDisk()).toContain('mac-of-bob');
    expect(await rotatePepper(ring, store)).toEqual({ pepper: 2, recomputed: 2 });
    expect(onDisk()).not.toContain('mac-of-');
  });

  it('that was restored from before a pepper, or several, is brought under the newest', async () => {
    const ring = new HeldRing();
    const first = await open(ring);
    await first.reserveContact(request('ann'));
    await first.reserveContact(request('bob'));
    await first.erase('contact-bob', { keepOptOut: true });
    await first.close();
    const backup = join(folder, 'backup.sqlite');
    copyFileSync(file, backup);
    const later = await open(ring);
    for (let rotations = 0; rotations < 2; rotations += 1) await rotatePepper(ring, later);

    const restored = await open(ring.readAgain(), backup);
    expect(await restored.lookup(email('ann'))).toBe('contact-ann');
    expect(await restored.isUnderNewestPepper()).toBe(false);
    expect(await endPepperRotation(ring, restored)).toBe(2);
    expect(await restored.isUnderNewestPepper()).toBe(true);
    expect(await restored.lookup(email('ann'))).toBe('contact-ann');
    expect(await restored.reserveContact({ ...request('bob'), newContact: 'contact-back' })).toMatchObject({
      minted: true,
      optedOut: true,
    });
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

    const onlyOld = await open();
    await expect(onlyOld.keyFor('contact-bob')).rejects.toThrow('no key of epoch 2');
  });

  it.each<[string, string]>([
    [
      'moved to another contact',
      `UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE contact = 'contact-bob')`,
    ],
    ['of another version', 'UPDATE data_key SET version = 2'],
    ['cut short', 'UPDATE data_key SET wrapped = substr(wrapped, 1, 70)'],
  ])('does not open a wrapped key %s', async (_, tamper) => {
    const store = await open();
    await store.reserveContact(request('ann'));
    await store.reserveContact(request('bob'));
    const other = new Database(file);
    other.exec(`${tamper} WHERE contact = 'contact-ann'`);
    other.close();
    await expect(store.keyFor('contact-ann')).rejects.toThrow(KeyStoreFault);
    expect(hex(await store.keyFor('contact-bob'))).toHaveLength(64);
  });

  it('answers with a fault when the file is damaged, missing its folder or of a newer Baton', async () => {
    await expect(open(keyRing(), join(folder, 'no', 'such'))).rejects.toThrow(KeyStoreFault);
    const newer = join(folder, 'newer.sqlite');
    const made = new Database(newer);
    made.pragma('user_version = 99');
    made.close();
    await expect(open(keyRing(), newer)).rejects.toThrow('KEY_STORE_VERSION');
  });

  it('fails a whole group together, says only the code, and goes on afterwards', async () => {
    const store = await open();
    const other = new Database(file);
    other.exec(`CREATE TRIGGER full BEFORE INSERT ON data_key WHEN NEW.contact LIKE '%canary%'
                BEGIN SELECT RAISE(ABORT, 'canary in a message'); END`);
    const failed = await Promise.allSettled([
      store.reserveContact(request('canary')),
      store.reserveContact(request('bystander')),
    ]);
    for (const each of failed) {
      expect(each.status).toBe('rejected');
      if (each.status === 'fulfilled') continue;
      expect(each.reason).toBeInstanceOf(KeyStoreFault);
      expect(String(each.reason)).not.toContain('canary');
    }
    expect(await store.lookup(email('bystander'))).toBeUndefined();
    expect(await store.reserveContact(request('bystander'))).toMatchObject({ minted: true });
    other.close();
  });
});
