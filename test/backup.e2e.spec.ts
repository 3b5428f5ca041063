import { randomUUID } from 'node:crypto';
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everything } from '../libs/event-store/opened-store.spec-kit.js';
import { SqliteEventStore } from '../libs/event-store/sqlite-event-store.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { archivedSizes } from '../libs/ownership-trail/checkpoint-archive.js';
import { BatonFolder } from './baton-process.spec-kit.js';
import { filesOf } from './canary.spec-kit.js';
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
    await running.as('maria').done('/leads', goodLead());
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

  it('was taken while more was written, and holds the data, the trail and no key, for its owner only', async () => {
    expect(after).toBeGreaterThan(before.length);
    const names = (await readdir(path('backup'))).toSorted();
    const databases = ['contacts.sqlite', 'events.sqlite', 'views.sqlite'];
    expect(names).toEqual(['backup.json', ...databases, 'trail', 'trail.event-keys', 'trail.policy'].toSorted());
    expect((await stat(path('backup/trail'))).mode & 0o777).toBe(0o700);
    for (const name of ['backup.json', ...databases])
      expect((await stat(join(path('backup'), name))).mode & 0o777).toBe(0o600);
    const keys = JSON.stringify(JSON.parse(await readFile(path('data/keys.json'), 'utf8')));
    const signingKey = (await readFile(path('data/event-signing.key'), 'utf8')).trimEnd();
    const trailKey = (await readFile(path('data/trail.key'), 'utf8')).trimEnd();
    const secrets = [
      ...(keys.match(/[A-Za-z0-9+/_-]{40,}={0,2}/g) ?? []),
      ...[signingKey, trailKey].map((key) => key.split('+').slice(4).join('+')),
    ];
    expect(secrets.length).toBeGreaterThan(3);
    for (const [name, bytes] of Object.entries(await filesOf(path('backup')))) {
      const there = secrets.filter((secret) => bytes.includes(secret) || bytes.includes(Buffer.from(secret, 'base64')));
      expect([name, there]).toEqual([name, []]);
    }
  });

  it('is restored, starts and answers: every lead of before it began is there, with the person behind it', async () => {
    const { events: backedUp } = JSON.parse(await readFile(path('backup/backup.json'), 'utf8')) as { events: number };
    await until(
      async () => Number((await readFile(path('data/trail/checkpoint'), 'utf8')).split('\n')[1]),
      (size) => size > backedUp,
      'a checkpoint over more than the backup has',
    );
    running.kill('SIGKILL');
    await running.ended;
    const restored = await cli.run('restore', path('backup'), '--data', path('restored'));
    expect(restored.code).toBe(0);
    expect((await readdir(path('restored'))).filter((name) => name.includes('.partial'))).toEqual([]);
    expect(restored.stdout).toContain("put the installation's keys.json, event-signing.key and trail.key into");
    await expect(SpawnedBaton.start(path('restored'))).rejects.toThrow(/has data but no keys.json: put the one of/);
    await copyFile(path('data/keys.json'), path('restored/keys.json'));
    await expect(SpawnedBaton.start(path('restored'))).rejects.toThrow(/event-signing\.key is missing: put the/);
    await copyFile(path('data/event-signing.key'), path('restored/event-signing.key'));
    await expect(SpawnedBaton.start(path('restored'))).rejects.toThrow(/trail is there but its key .* is not: put it/);
    await copyFile(path('data/trail.key'), path('restored/trail.key'));

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
    const all = Number(/^baton_trail_size (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
    await until(
      async () => Number((await (await fetch(`${url}/audit/checkpoint`)).text()).split('\n')[1]),
      (size) => size >= all && size > before.length,
      'a checkpoint over what was restored and what came after',
    );
    again.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    await trailGoesOn();
    const store = await SqliteEventStore.open({ file: path('restored/events.sqlite') });
    const events = await everything(store, 10_000);
    await store.close();
    expect(brokenStream(events)).toBeUndefined();
    const there = new Set(events.map(({ stream }) => stream));
    expect(before.filter((lead) => !there.has(`lead-${lead}`))).toEqual([]);
  }, 120_000);

  /** The log went on where the backup's stood: all that was handed out until then is in it, and it is its store's. */
  async function trailGoesOn(): Promise<void> {
    const trust = ['--policy', path('restored/trail.policy'), '--event-keys', path('restored/trail.event-keys')];
    const store = ['--store', path('restored'), '--json'];
    const checked = await cli.run('audit', 'fsck', path('restored/trail'), ...trust, ...store);
    const report = JSON.parse(checked.stdout) as { rule: string; store: string; keptCheckpoints: number };
    expect(report).toMatchObject({ rule: 'unwitnessed: the policy asks for no quorum', store: 'the same' });
    const kept = await readdir(path('backup/trail/checkpoints'));
    // One that was signed again later is there in two forms.
    const sizes = await archivedSizes(path('backup/trail'));
    expect(sizes.length).toBeGreaterThan(0);
    expect(report.keptCheckpoints).toBeGreaterThan(sizes.length);
    for (const name of kept) {
      const [then, now] = await Promise.all(
        ['backup', 'restored'].map((folder) => readFile(path(`${folder}/trail/checkpoints/${name}`), 'utf8')),
      );
      expect(now).toBe(then);
    }
    // What was written after the backup is lost, and whoever held the log's last checkpoint sees it.
    const since = ['--since', path('data/trail/checkpoint')];
    const lost = await cli.run('audit', 'fsck', path('restored/trail'), ...trust, ...since);
    expect(lost).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^tampered: (cut short|split view)/) as string,
    });
  }

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
    await appendFile(path('backup/trail/checkpoint'), 'x');
    expect(await refusalOf('restore', path('backup'), '--data', path('x'))).toMatch(
      /trail is not what the backup was taken as: use another/,
    );
    await appendFile(path('backup/events.sqlite'), 'x');
    expect(await refusalOf('restore', path('backup'), '--data', path('x'))).toMatch(
      /events.sqlite is not what the backup was taken as: use another backup\n$/,
    );
    await writeFile(path('backup/backup.json'), '{"format":2}');
    expect(await refusalOf('restore', path('backup'), '--data', path('x'))).toMatch(/has no usable backup.json\n$/);
    await expect(stat(path('x'))).rejects.toMatchObject({ code: 'ENOENT' });
  }, 60_000);
});
