import { randomUUID } from 'node:crypto';
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everything } from '../libs/event-store/opened-store.spec-kit.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.js';
import { BatonFolder } from './baton-process.spec-kit.js';
import { brokenStream } from './log-check.spec-kit.js';
import { formTeams, goodLead, signPolicy } from './people.spec-kit.js';
import { SpawnedBaton } from './spawned-baton.spec-kit.js';
import { until } from './until.spec-kit.js';

const WRITERS = 8;

describe('a backup that is taken under load', () => {
  let folder: string;
  let cli: BatonFolder;
  let running: SpawnedBaton;
  let again: SpawnedBaton | undefined;
  /** leads whose creation was answered before the backup began */
  let before: string[];
  let after: number;
  const path = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-backup-'));
    cli = await BatonFolder.make();
    running = await SpawnedBaton.start(path('data'));
    await formTeams(running.as, ['north-marketing', 'north-sales']);
    await signPolicy(running.as);

    const created: string[] = [];
    const ending = { now: false };
    const write = async (): Promise<void> => {
      while (!ending.now) {
        const body = goodLead({ details: { email: `${randomUUID()}@a.example` } });
        const answer = await running.as('maria').post<LeadAnswer>('/leads', body, { key: randomUUID() });
        expect(answer.status).toBe(201);
        created.push(answer.body.lead);
      }
    };
    const writing = Promise.all(Array.from({ length: WRITERS }, write));
    await until(
      () => running.as('maria').get('/funnel'),
      () => created.length > 150,
      'some load',
    );
    before = [...created];
    const taken = await cli.run('backup', path('backup'), '--data', path('data'));
    after = created.length;
    ending.now = true;
    await writing;
    expect(taken).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ events as of .* keep them apart\n$/) as string,
    });
  }, 120_000);
  afterAll(async () => {
    running.kill('SIGKILL');
    again?.kill('SIGKILL');
    await cli.remove();
    await rm(folder, { recursive: true });
  });

  it('was taken while more was written, and holds three files that only their owner may read, and no key', async () => {
    expect(after).toBeGreaterThan(before.length);
    const names = (await readdir(path('backup'))).toSorted();
    expect(names).toEqual(['backup.json', 'contacts.sqlite', 'events.sqlite', 'views.sqlite']);
    for (const name of names) expect((await stat(join(path('backup'), name))).mode & 0o777).toBe(0o600);
    const keys = JSON.stringify(JSON.parse(await readFile(path('data/keys.json'), 'utf8')));
    const signingKey = (await readFile(path('data/event-signing.key'), 'utf8')).trimEnd();
    const secrets = [...(keys.match(/[A-Za-z0-9+/_-]{40,}={0,2}/g) ?? []), signingKey.split('+').slice(4).join('+')];
    expect(secrets.length).toBeGreaterThan(2);
    for (const name of names) {
      const bytes = await readFile(join(path('backup'), name));
      expect(
        secrets.filter((secret) => bytes.includes(secret) || bytes.includes(Buffer.from(secret, 'base64'))),
      ).toEqual([]);
    }
  });

  it('is restored, starts and answers: every lead of before it began is there, with the person behind it', async () => {
    running.kill('SIGKILL');
    await running.ended;
    const restored = await cli.run('restore', path('backup'), '--data', path('restored'));
    expect(restored.code).toBe(0);
    expect(restored.stdout).toContain("put the installation's keys.json and event-signing.key into");
    await expect(SpawnedBaton.start(path('restored'))).rejects.toThrow(/has data but no keys.json: put the one of/);
    await copyFile(path('data/keys.json'), path('restored/keys.json'));
    await expect(SpawnedBaton.start(path('restored'))).rejects.toThrow(/event-signing\.key is missing: put the/);
    await copyFile(path('data/event-signing.key'), path('restored/event-signing.key'));

    again = await SpawnedBaton.start(path('restored'));
    const { as, url, ended } = again;
    for (const lead of before) expect((await as('maria').get(`/leads/${lead}`)).status).toBe(200);
    expect(await as('maria').get(`/leads/${before[0]}/contact`)).toMatchObject({
      status: 200,
      body: { details: { email: expect.stringMatching(/@a\.example$/) as string } },
    });
    const fresh = await as('maria').post<LeadAnswer>('/leads', goodLead(), { key: randomUUID() });
    expect(fresh.status).toBe(201);
    await until(
      async () => (await (await fetch(`${url}/metrics`)).text()).match(/^baton_(views|routing)_behind.*$/gm) ?? [],
      (behind) => behind.length === 2 && behind.every((line) => line.endsWith(' 0')),
      'views and routing at the end of the log',
    );
    again.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    const store = await SqliteEventStore.open({ file: path('restored/events.sqlite') });
    const events = await everything(store, 10_000);
    await store.close();
    expect(brokenStream(events)).toBeUndefined();
    const there = new Set(events.map(({ stream }) => stream));
    expect(before.filter((lead) => !there.has(`lead-${lead}`))).toEqual([]);
  }, 120_000);

  it('is refused where it would overwrite data, is no backup, or was altered', async () => {
    const refusalOf = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await cli.run(...args);
      expect(code).toBe(3);
      return stderr;
    };
    expect(await refusalOf('backup', path('backup'), '--data', path('data'))).toMatch(
      /^baton: .*\/backup is not empty: a backup is written to a new folder\n$/,
    );
    expect(await refusalOf('backup', path('other'), '--data', path('backup/none'))).toMatch(
      /there is no views.sqlite in .*: is it a data directory\?\n$/,
    );
    expect(await refusalOf('restore', path('backup'), '--data', path('data'))).toMatch(
      /has a views.sqlite already: restore into a new data directory\n$/,
    );
    expect(await refusalOf('restore', path('data'), '--data', path('x'))).toMatch(/is no backup of Baton/);
    await appendFile(path('backup/events.sqlite'), 'x');
    expect(await refusalOf('restore', path('backup'), '--data', path('x'))).toMatch(
      /events.sqlite is not what the backup was taken as: use another backup\n$/,
    );
    await writeFile(path('backup/backup.json'), '{"format":2}');
    expect(await refusalOf('restore', path('backup'), '--data', path('x'))).toMatch(/has no usable backup.json\n$/);
    await expect(stat(path('x'))).rejects.toMatchObject({ code: 'ENOENT' });
  }, 60_000);
});
