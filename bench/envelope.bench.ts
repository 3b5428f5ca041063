import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandId } from '../libs/ids/command-ids.js';
import type { KeyRing } from '../libs/personal-data/key-ring.js';
import { cachingKeyStore } from '../libs/personal-data/caching-key-store.js';
import { PersonalData } from '../libs/personal-data/personal-data.js';
import { SqliteKeyStore } from '../libs/personal-data/sqlite-key-store.js';
import { median, type BenchFigure } from './figure.js';

const ROUNDS = 7;
const CALLS = 2_000;
const CREATES = 2_000;
const AT_ONCE = 50;

const personal = {
  name: 'Zoë Example',
  email: 'zoe@example.org',
  phone: '+49 30 1234567',
  company: 'Example GmbH',
  jobTitle: 'Head of Purchasing',
};

const secret = () => createSecretKey(randomBytes(32));
const ring: KeyRing = {
  installationSecret: secret(),
  peppers: [{ version: 1, key: secret() }],
  epochs: [{ epoch: 1, key: secret() }],
};

const contextOf = (at: number) => ({
  leadId: '11111111-1111-8111-8111-111111111111',
  contact: 'contact-0',
  eventId: `00112233-4455-8677-8899-${at.toString(16).padStart(12, '0')}`,
  eventType: 'LeadCreated.v1',
});

/** What sealing costs each event, and what a durable contact costs each create. */
export async function run(): Promise<BenchFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-keys-'));
  const store = await SqliteKeyStore.open(join(folder, 'keys.sqlite'), ring, randomBytes);
  const keys = cachingKeyStore(store, { elapsed: () => performance.now() });
  const data = new PersonalData({ keys, pepper: ring.peppers[0], random: randomBytes });
  try {
    return [...(await creates(data, store)), ...(await envelopes(data)), ids()];
  } finally {
    await keys.close();
    rmSync(folder, { recursive: true });
  }
}

async function creates(data: PersonalData, store: SqliteKeyStore): Promise<BenchFigure[]> {
  const before = store.commits;
  const start = performance.now();
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < CREATES) {
      const at = next++;
      const addresses = { emails: [`person-${at}@example.org`], phones: [`+49 30 ${1_000_000 + at}`] };
      await data.reserveContact({ addresses, newContact: `contact-${at}`, leadId: `lead-${at}` });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  const seconds = (performance.now() - start) / 1_000;
  const perCommit = CREATES / (store.commits - before);
  return [
    {
      name: `new contacts with key, index and link, ${AT_ONCE} at once, durable`,
      value: CREATES / seconds,
      unit: '/s',
      better: 'higher',
      note: `${perCommit.toFixed(0)} contacts per sync`,
    },
  ];
}

async function envelopes(data: PersonalData): Promise<BenchFigure[]> {
  const sealed = await Promise.all(
    Array.from({ length: CALLS }, async (_, at) => ({
      context: contextOf(at),
      pii: await data.sealEvent(personal, contextOf(at)),
    })),
  );
  const seal = await microseconds((at) => data.sealEvent(personal, contextOf(at)));
  const open = await microseconds((at) => {
    const one = sealed[at];
    return one === undefined ? undefined : data.openEnvelope({ ...(one.pii as object) }, one.context);
  });
  return [
    { name: 'seal the personal fields of an event', value: seal, unit: 'µs', must: 100, better: 'lower' },
    { name: 'open the personal fields of an event', value: open, unit: 'µs', must: 100, better: 'lower' },
  ];
}

function ids(): BenchFigure {
  const command = { client: 'intake-form', operation: 'lead.create', target: 'create' };
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    for (let at = 0; at < CALLS; at += 1) commandId(ring.installationSecret, { ...command, key: `key-${at}` });
    return ((performance.now() - start) / CALLS) * 1_000;
  });
  return { name: 'derive a command id', value: median(rounds), unit: 'µs', must: 10, better: 'lower' };
}

/** Median over the rounds of the mean time of a call, one after the other. */
async function microseconds(call: (at: number) => unknown): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    for (let at = 0; at < CALLS; at += 1) await call(at);
    rounds.push(((performance.now() - start) / CALLS) * 1_000);
  }
  return median(rounds);
}
