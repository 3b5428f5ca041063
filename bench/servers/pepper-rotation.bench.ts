import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyFile, type KeyFile } from '../../libs/personal-data/key-file.js';
import type { KeyStore } from '../../libs/personal-data/key-store.js';
import { rotatePepper } from '../../libs/personal-data/pepper-rotation.js';
import { PersonalData } from '../../libs/personal-data/personal-data.js';
import { PostgresKeyStore } from '../../libs/personal-data/postgres-key-store.js';
import { SqliteKeyStore } from '../../libs/personal-data/sqlite-key-store.js';
import { startPostgres } from '../../tools/postgres/start-postgres.mjs';
import { median, type BenchFigure } from '../figure.js';

/** Each with an e-mail address and a phone number: 100,000 rows. */
const CONTACTS = 50_000;
const AT_ONCE = 256;
/** Commands that are timed while nothing else is done, to compare with. */
const ALONE = 200;

type Reserve = (at: number) => Promise<unknown>;

/** How long a new pepper takes over 100,000 addresses, and how long who makes a contact waits meanwhile. */
export async function run(): Promise<BenchFigure[]> {
  const data = await mkdtemp(join(tmpdir(), 'baton-bench-pepper-'));
  // A folder of its own: the server may run as another user, who cannot see into ours.
  const served = await mkdtemp(join(tmpdir(), 'baton-bench-postgres-'));
  const postgres = await startPostgres(served, {});
  try {
    const sqlite = await measured('SQLite', join(data, 'sqlite.json'), (ring) =>
      SqliteKeyStore.open(join(data, 'contacts.sqlite'), ring, randomBytes),
    );
    const server = await measured('PostgreSQL', join(data, 'postgres.json'), (ring) =>
      PostgresKeyStore.open({ url: postgres.url, ring, random: randomBytes }),
    );
    return [...sqlite, ...server];
  } finally {
    await postgres.stop();
    for (const folder of [data, served]) await rm(folder, { recursive: true, force: true });
  }
}

async function measured(
  name: string,
  file: string,
  open: (ring: KeyFile) => Promise<KeyStore>,
): Promise<BenchFigure[]> {
  const ring = openKeyFile(file, randomBytes);
  const keys = await open(ring);
  try {
    const people = new PersonalData({ keys, pepper: ring.peppers[0], random: randomBytes });
    const reserve: Reserve = (at) =>
      people.reserveContact({
        addresses: { emails: [`person-${at}@example.org`], phones: [`+49 30 ${1_000_000 + at}`] },
        newContact: `contact-${at}`,
        leadId: `lead-${at}`,
      });
    for (let at = 0; at < CONTACTS; at += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, CONTACTS - at) }, (_, next) => reserve(at + next)));
    const alone = await waits(reserve, CONTACTS, (done) => done < ALONE);

    let seconds = 0;
    const start = performance.now();
    const rotating = rotatePepper(ring, keys).then(() => (seconds = (performance.now() - start) / 1_000));
    const meanwhile = await waits(reserve, CONTACTS + ALONE, () => seconds === 0);
    await rotating;
    return [
      { name: `a new pepper over 100,000 addresses, ${name}`, value: seconds, unit: 's', better: 'lower' },
      {
        name: `a contact made meanwhile, at most, ${name}`,
        value: Math.max(...meanwhile),
        unit: 'ms',
        better: 'lower',
        note: `median ${median(meanwhile).toFixed(1)} of ${meanwhile.length}; otherwise ${median(alone).toFixed(1)}, at most ${Math.max(...alone).toFixed(0)}`,
      },
    ];
  } finally {
    await keys.close();
  }
}

/** Milliseconds of each, one after the other. */
async function waits(reserve: Reserve, from: number, goOn: (done: number) => boolean): Promise<readonly number[]> {
  const all: number[] = [];
  while (goOn(all.length)) {
    const start = performance.now();
    await reserve(from + all.length);
    all.push(performance.now() - start);
  }
  return all;
}
