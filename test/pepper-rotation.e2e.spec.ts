import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openKeyFile } from '../libs/personal-data/key-file.js';
import { PersonalData } from '../libs/personal-data/personal-data.js';
import { SqliteKeyStore } from '../libs/personal-data/sqlite-key-store.js';
import { SpawnedBaton } from './spawned-baton.spec-kit.js';
import { until } from './until.spec-kit.js';

/** So many batches that the process is killed between two. */
const PEOPLE = 10_000;
const emailOf = (at: number): string => `person-${at}@a.example`;

let folder: string;
let running: SpawnedBaton;
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-pepper-'));
  const ring = openKeyFile(path('keys.json'), randomBytes);
  const keys = await SqliteKeyStore.open(path('contacts.sqlite'), ring, randomBytes);
  const people = new PersonalData({ keys, pepper: ring.peppers[0], random: randomBytes });
  const reserve = (at: number) =>
    people.reserveContact({ addresses: { emails: [emailOf(at)] }, newContact: `contact-${at}`, leadId: `lead-${at}` });
  for (let from = 0; from < PEOPLE; from += 500)
    await Promise.all(Array.from({ length: 500 }, (_, at) => reserve(from + at)));
  await keys.close();
  for (const name of ['keys.json', 'contacts.sqlite']) await copyFile(path(name), path(`${name}.before`));
  running = await SpawnedBaton.start(folder);
}, 120_000);
afterAll(async () => {
  running.kill('SIGKILL');
  await running.ended;
  await rm(folder, { recursive: true });
});

async function stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  running.kill(signal);
  await running.ended;
}

/** Rows of the index under each pepper, the first's first. */
function rows(): readonly number[] {
  const database = new Database(path('contacts.sqlite'), { readonly: true });
  const counted = database
    .prepare('SELECT pepper_version AS version, count(*) AS many FROM index_entry GROUP BY pepper_version')
    .all() as { version: number; many: number }[];
  database.close();
  const most = Math.max(0, ...counted.map(({ version }) => version));
  return Array.from({ length: most }, (_, at) => counted.find(({ version }) => version === at + 1)?.many ?? 0);
}

/** The same after an answer of the server. */
async function rowsThen(): Promise<readonly number[]> {
  await running.as('pia').done('/data-subjects/search', { email: emailOf(0) });
  return rows();
}

async function findsEverybody(): Promise<void> {
  for (let at = 0; at < PEOPLE; at += 997) {
    const found = await running.as('pia').done('/data-subjects/search', { email: emailOf(at) });
    expect(found).toEqual({ contacts: [`contact-${at}`] });
  }
}

describe('A new pepper', () => {
  it('whose process is killed in the middle is laid to the end by the next start', async () => {
    void running
      .as('pia')
      .post('/blind-index/rotation', { reason: 'due' })
      .catch(() => undefined);
    await until(rowsThen, ([, moved = 0]) => moved > 0, 'a first batch');
    await stop('SIGKILL');
    const [left, moved] = rows();
    expect(left).toBeGreaterThan(0);
    expect(moved).toBeGreaterThan(0);
    running = await SpawnedBaton.start(folder);
    await findsEverybody();
    await until(rowsThen, ([first]) => first === 0, 'the end of it');
    expect(rows()).toEqual([0, PEOPLE]);
    await findsEverybody();
  }, 120_000);

  it('is missed by a key file from before it: nothing starts, and one line says why', async () => {
    await stop('SIGTERM');
    await copyFile(path('keys.json'), path('keys.json.now'));
    await copyFile(path('keys.json.before'), path('keys.json'));
    const started = SpawnedBaton.start(folder);
    await expect(started).rejects.toThrow(
      /^it ended before it listened: baton does not start: the key file is behind [^\n]*$/,
    );
    await copyFile(path('keys.json.now'), path('keys.json'));
    running = await SpawnedBaton.start(folder);
  }, 60_000);

  it('is laid over a key store that was restored from before it, once that is started', async () => {
    await stop('SIGTERM');
    for (const end of ['-wal', '-shm']) await rm(path(`contacts.sqlite${end}`), { force: true });
    await copyFile(path('contacts.sqlite.before'), path('contacts.sqlite'));
    expect(rows()).toEqual([PEOPLE]);
    running = await SpawnedBaton.start(folder);
    await findsEverybody();
    await until(rowsThen, ([first]) => first === 0, 'the newest pepper');
    expect(rows()).toEqual([0, PEOPLE]);
    await findsEverybody();
  }, 120_000);
});
