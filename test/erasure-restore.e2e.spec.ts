import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { readSqliteLog } from '../libs/event-store/sqlite-log-reading.js';
import { BatonFolder } from './baton-process.spec-kit.js';
import { filesOf, found } from './canary.spec-kit.js';
import { CHECKED, eraseContact, erasedTo, newAddress, subjectOf } from './erasure.spec-kit.js';
import { showLead } from './lead-life.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';
import { SpawnedBaton } from './spawned-baton.spec-kit.js';

interface Person {
  readonly lead: string;
  readonly contact: string;
  readonly email: string;
}

let folder: string;
let cli: BatonFolder;
let running: SpawnedBaton;
let gone: Person;
let stays: Person;
const path = (name: string): string => join(folder, name);

async function person(): Promise<Person> {
  const email = newAddress();
  const { lead } = await running.as('maria').done<LeadAnswer>('/leads', newLead({ details: { email } }));
  return { lead, contact: (await showLead(running, lead)).contact!, email };
}
const known = async ({ lead }: Person) => (await running.as('maria').get(`/leads/${lead}/contact`)).text;

async function start(data: string): Promise<void> {
  running = await SpawnedBaton.start(path(data));
}
async function stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  running.kill(signal);
  await running.ended;
}
async function cliDone(...args: string[]): Promise<void> {
  expect(await cli.run(...args)).toMatchObject({ code: 0 });
}

/** A whole backup laid into a data directory of its own, with the installation's keys as they are now. */
async function restored(backup: string, into: string): Promise<void> {
  await cliDone('restore', path(backup), '--data', path(into));
  for (const key of ['keys.json', 'event-signing.key', 'trail.key'])
    await copyFile(path(`data/${key}`), path(`${into}/${key}`));
}

/** The types of each contact's events in a backup, of which nothing is touched. */
async function stagesIn(backup: string, people: readonly Person[]): Promise<ReadonlyMap<string, readonly string[]>> {
  await copyFile(path(`${backup}/events.sqlite`), path('looked-at.sqlite'));
  const log = readSqliteLog(path('looked-at.sqlite'));
  const stages = new Map<string, readonly string[]>();
  for (const { contact } of people)
    stages.set(
      contact,
      (await log.readStream(`contact-${contact}`)).map(({ type }) => type),
    );
  await log.close();
  return stages;
}

/** The wrapped key of a contact as it stands in the key store: what must lie nowhere once it is erased. */
function wrappedKey({ contact }: Person, data = 'data'): string {
  const database = new Database(path(`${data}/contacts.sqlite`), { readonly: true });
  const row = database.prepare('SELECT wrapped FROM data_key WHERE contact = ?').pluck().get(contact);
  database.close();
  return row as string;
}

describe('A person who was erased, and backups from before', () => {
  let wrapped: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-erased-'));
    cli = await BatonFolder.make();
    await start('data');
    await formTeams(running.as, ['north-marketing']);
    [gone, stays] = [await person(), await person()];
    wrapped = wrappedKey(gone);
    await cliDone('backup', path('before'), '--data', path('data'));
  });
  afterAll(async () => {
    await stop('SIGKILL');
    await cli.remove();
    await rm(folder, { recursive: true });
  });

  it('is erased though the process is killed at every moment after the approval', async () => {
    await running.as('pia').done(`/data-subjects/${gone.contact}/erasure`, { reason: 'data-subject-request' });
    void running
      .as('root')
      .post(`/data-subjects/${gone.contact}/erasure/approval`, CHECKED, { key: 'approval' })
      .catch(() => undefined);
    for (const waits of [1, 2, 4, 8]) {
      for (let asked = 0; asked < waits; asked += 1) await subjectOf(running.as, gone.contact);
      await stop('SIGKILL');
      await start('data');
    }
    await running.as('root').done(`/data-subjects/${gone.contact}/erasure/approval`, CHECKED, { key: 'approval' });
    const { receipts } = await erasedTo(running.as, gone.contact, 'live');
    expect(receipts.map(({ type }) => type)).toEqual([
      'ErasureRequested',
      'ErasureApproved',
      ...Array<string>(4).fill('ErasureStepDone'),
      'PersonalDataErased',
    ]);
    expect(await known(gone)).toBe('{"details":"erased"}');
    expect(await known(stays)).toContain(stays.email);
  });

  it('has no key in any page or log of the running key store, nor their address in any file', async () => {
    expect(wrapped.length).toBeGreaterThan(60);
    const files = await filesOf(path('data'));
    expect(found([wrapped, gone.email, stays.email], files)).toEqual([]);
    expect(found([wrapped], await filesOf(path('before')))).toHaveLength(1);
  });

  it('is not served by a key store that was restored from before: its fences are rebuilt before anything is', async () => {
    await stop();
    for (const end of ['-wal', '-shm']) await rm(path(`data/contacts.sqlite${end}`), { force: true });
    await copyFile(path('before/contacts.sqlite'), path('data/contacts.sqlite'));
    expect(wrappedKey(gone)).toBe(wrapped);
    await start('data');
    expect(await known(gone)).toBe('{"details":"erased"}');
    expect(await known(stays)).toContain(stays.email);
    expect(found([wrapped], await filesOf(path('data')))).toEqual([]);
    const again = await running.as('maria').done<LeadAnswer>('/leads', newLead({ details: { email: gone.email } }));
    expect((await showLead(running, again.lead)).contact).not.toBe(gone.contact);
  });

  it('is not served by a whole backup from before either, which has neither the erasure nor its fence', async () => {
    await stop();
    await restored('before', 'restored-live');
    expect(wrappedKey(gone, 'restored-live')).toBe(wrapped);
    await start('restored-live');
    expect(await known(gone)).toBe('{"details":"erased"}');
    expect(await known(stays)).toContain(stays.email);
    expect(found([wrapped], await filesOf(path('restored-live')))).toEqual([]);
    const refused = await running
      .as('maria')
      .post(`/leads/${gone.lead}/correct-details`, { details: { name: 'Grace' } });
    expect(refused.status).toBe(409);
    const again = await running.as('maria').done<LeadAnswer>('/leads', newLead({ details: { email: gone.email } }));
    expect((await showLead(running, again.lead)).contact).not.toBe(gone.contact);
    // Whoever restored it asks once more: then the log tells of it again, and their leads are closed.
    await eraseContact(running.as, gone.contact);
    await erasedTo(running.as, gone.contact, 'live');
    expect((await showLead(running, gone.lead)).state).toBe('disqualified');
    await stop();
    await start('data');
  });

  it('is erased to the end by a backup that was taken in the middle of it, and never served meanwhile', async () => {
    const people: Person[] = [];
    for (let n = 0; n < 12; n += 1) people.push(await person());
    for (const { contact } of people)
      await running.as('pia').done(`/data-subjects/${contact}/erasure`, { reason: 'data-subject-request' });
    const approvals = people.map(({ contact }) =>
      running.as('root').post(`/data-subjects/${contact}/erasure/approval`, CHECKED),
    );
    await Promise.any(approvals);
    await stop('SIGKILL');
    await Promise.allSettled(approvals);
    await cliDone('backup', path('midway'), '--data', path('data'));
    const stages = await stagesIn('midway', people);
    const approved = people.filter(({ contact }) => stages.get(contact)?.includes('ErasureApproved.v1'));
    const midway = approved.filter(({ contact }) => !stages.get(contact)?.includes('PersonalDataErased.v1'));
    expect(midway.length).toBeGreaterThan(0);

    await start('data');
    for (const { contact } of approved) await erasedTo(running.as, contact, 'live');
    await stop();
    await restored('midway', 'restored-midway');
    await start('restored-midway');
    for (const one of approved) expect(await known(one)).toBe('{"details":"erased"}');
    for (const { contact } of approved) {
      const { receipts } = await erasedTo(running.as, contact, 'live');
      expect(receipts.filter(({ type }) => type === 'PersonalDataErased')).toHaveLength(1);
    }
    for (const one of people.filter((other) => !approved.includes(other)))
      expect(await known(one)).toContain(one.email);
    await stop();
    await start('data');
  });

  it('is in no backup once it is final: a whole one from before opens for nobody, and goes on', async () => {
    const keysBefore = await readFile(path('data/keys.json'));
    await running.as('pia').done('/key-epochs/rotation', { reason: 'due' });
    await erasedTo(running.as, gone.contact, 'final');
    expect(await known(stays)).toContain(stays.email);
    await cliDone('backup', path('after'), '--data', path('data'));
    await stop();
    for (const backup of ['before', 'after']) await restored(backup, `restored-${backup}`);
    expect((await readFile(path('data/keys.json'))).equals(keysBefore)).toBe(false);

    await start('restored-before');
    for (const one of [gone, stays]) expect(await known(one)).not.toContain('@a.example');
    const fresh = await person();
    expect(await known(fresh)).toContain(fresh.email);
    await stop();

    await start('restored-after');
    expect(await known(gone)).toBe('{"details":"erased"}');
    expect(await known(stays)).toContain(stays.email);
  });
});
