import { randomUUID } from 'node:crypto';
import { appendFile, copyFile, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { startWitness, type StartedWitness } from '../libs/ownership-trail/witnessed.spec-kit.js';
import { parsePolicy } from '../libs/transparency-log/policy-file.js';
import { BatonFolder } from './baton-process.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';
import { SpawnedBaton } from './spawned-baton.spec-kit.js';
import { until } from './until.spec-kit.js';

const KEYS = ['keys.json', 'event-signing.key', 'trail.key'];

let folder: string;
let cli: BatonFolder;
let witness: StartedWitness;
let running: SpawnedBaton;
const path = (name: string): string => join(folder, name);

const start = async (data: string) => (running = await SpawnedBaton.start(path(data)));
async function stop(): Promise<void> {
  running.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0 });
}
async function cliDone(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(...args);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return stdout;
}
/** Leads, and how many leaves were handed out once all their events are. */
async function leads(count: number): Promise<number> {
  for (let at = 0; at < count; at += 1) await running.as('maria').done<LeadAnswer>('/leads', newLead());
  const sizes = async () => {
    const [metrics, checkpoint] = await Promise.all(
      ['metrics', 'audit/checkpoint'].map(async (route) => (await fetch(`${running.url}/${route}`)).text()),
    );
    const unsealed = Number(/^baton_trail_unsealed_seconds (\S+)$/m.exec(metrics ?? '')?.[1]);
    const size = Number(/^baton_trail_size (\d+)$/m.exec(metrics ?? '')?.[1]);
    return { published: Number(checkpoint?.split('\n')[1]), size, unsealed };
  };
  const { published } = await until(
    sizes,
    (now) => now.unsealed === 0 && now.published === now.size && now.size > 0,
    'a checkpoint over everything',
  );
  return published;
}
const checked = async (data: string, ...more: readonly string[]) => {
  const trust = ['--policy', path(`${data}/trail.policy`), '--event-keys', path(`${data}/trail.event-keys`)];
  return cli.run('audit', 'fsck', path(`${data}/trail`), ...trust, '--store', path(data), ...more);
};
const logKeysOf = (text: string) => {
  const policy = parsePolicy(Buffer.from(text));
  if (!policy.ok) throw new Error(policy.problem);
  return policy.value.logs.map(({ key }) => key);
};

describe('A trail whose log a witness has seen', () => {
  let backedUp: number;
  let size: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-trail-restore-'));
    cli = await BatonFolder.make();
    await start('data');
    await formTeams(running.as, ['north-marketing']);
    await stop();
    // As an operator does it: the witness is given the log's key, and the log's policy the witness.
    witness = await startWitness('w', logKeysOf(await readFile(path('data/trail.policy'), 'utf8')));
    witness.time.ms = Date.now();
    const asked = (await readFile(path('data/trail.policy'), 'utf8')).replace('quorum none\n', '');
    await writeFile(path('data/trail.policy'), `${asked}${witness.line}quorum w\n`);
    // What was handed out before has no quorum and never will: the log begins anew while nobody was shown it.
    await rm(path('data/trail'), { recursive: true });
    await rm(path('data/trail-index.sqlite'), { force: true });
    await start('data');
    backedUp = await leads(2);
    await cliDone('backup', path('backup'), '--data', path('data'));
    size = await leads(3);
    await stop();
  }, 120_000);
  afterAll(async () => {
    running.kill('SIGKILL');
    await running.ended;
    await witness.stop();
    await cli.remove();
    await rm(folder, { recursive: true });
  });

  it('and that is lost is rebuilt from the store, with the kept checkpoints of the backup, and goes on', async () => {
    expect(size).toBeGreaterThan(backedUp);
    await cp(path('data'), path('lost'), { recursive: true });
    await rm(path('lost/trail'), { recursive: true });
    await cp(path('backup/trail'), path('lost/trail'), { recursive: true });
    await expect(start('lost')).rejects.toThrow(
      new RegExp(`witness w has seen ${size} leaves and this log has ${backedUp}: it is an old copy`),
    );
    expect(await cliDone('audit', 'rebuild', '--data', path('lost'))).toBe(
      `the log has ${size} leaves, as was cosigned (it had ${backedUp})\n`,
    );
    await start('lost');
    expect(await leads(1)).toBeGreaterThan(size);
    await stop();
    expect(await checked('lost')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^proven\n/) as string });
    expect(await readFile(path(`lost/trail/checkpoints/${backedUp}`), 'utf8')).toBe(
      await readFile(path(`data/trail/checkpoints/${backedUp}`), 'utf8'),
    );
    size = await seenByWitness();
  }, 120_000);

  it('is rebuilt from nothing, too, which only its times are lost with', async () => {
    await rm(path('lost/trail'), { recursive: true });
    expect(await cliDone('audit', 'rebuild', '--data', path('lost'))).toBe(
      `the log has ${size} leaves, as was cosigned (it had 0)\n`,
    );
    await start('lost');
    size = await leads(1);
    await stop();
    expect((await checked('lost')).stdout).toMatch(/^proven\n/);
  }, 120_000);

  it('and whose key is lost goes on as another log, which begins with the very same leaves, seen when they were', async () => {
    await cp(path('lost'), path('next'), { recursive: true });
    await rename(path('next/trail'), path('next/trail.frozen'));
    for (const name of ['trail.key', 'trail-index.sqlite']) await rm(path(`next/${name}`), { force: true });
    const frozen = path('next/trail.frozen/checkpoint');
    const rebuild = ['audit', 'rebuild', '--data', path('next'), '--checkpoint', frozen];
    const { code, stderr } = await cli.run(...rebuild);
    const [, line = ''] = /has no line for this log's key: (log \S+)/.exec(stderr) ?? [];
    expect([code, line]).toEqual([1, expect.stringMatching(/^log baton\.local/)]);
    const before = await readFile(path('next/trail.policy'), 'utf8');
    // The witness is told the new key beside the old one.
    const told = await startWitness('w', logKeysOf(`${before}${line}\n`));
    try {
      told.time.ms = Date.now();
      await writeFile(path('next/trail.policy'), `${before.replace(witness.line, told.line)}${line}\n`);
      expect(await cliDone(...rebuild)).toBe(`the log has ${size} leaves, as was cosigned (it had 0)\n`);
      await cp(path('next/trail.frozen/checkpoints'), path('next/trail/checkpoints'), { recursive: true });
      await start('next');
      expect(await leads(1)).toBeGreaterThan(size);
      await stop();
      expect(await checked('next', '--since', frozen)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^proven\n/) as string,
      });
      const own = path('next/trail/checkpoint');
      expect(await checked('lost', '--since', own)).toMatchObject({ code: 3 });
      expect((await readFile(own, 'utf8')).split('\n')[0]).not.toBe((await readFile(frozen, 'utf8')).split('\n')[0]);
    } finally {
      await told.stop();
    }
  }, 120_000);

  it('and whose store lost events is neither started nor rebuilt: the witness remembers', async () => {
    await cliDone('restore', path('backup'), '--data', path('older'));
    for (const key of KEYS) await copyFile(path(`data/${key}`), path(`older/${key}`));
    await expect(start('older')).rejects.toThrow(
      /witness w has seen \d+ leaves and this log has \d+: it is an old copy/,
    );
    const before = await readFile(path('older/trail/pending'), 'utf8');
    const rebuilt = await cli.run('audit', 'rebuild', '--data', path('older'));
    expect(rebuilt).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(`the event store ends after ${backedUp} of the ${size} events that were sealed`),
      ) as string,
    });
    expect(await readFile(path('older/trail/pending'), 'utf8')).toBe(before);
    // Another log may begin, which does not pass for this one.
    for (const name of ['trail', 'trail.key', 'trail.policy']) await rm(path(`older/${name}`), { recursive: true });
    await start('older');
    expect(await leads(1)).toBeGreaterThan(backedUp);
    await stop();
    expect((await checked('older')).stdout).toMatch(/^incomplete: unwitnessed: the policy asks for no quorum\nlog /);
    const origin = async (data: string) => (await readFile(path(`${data}/trail/checkpoint`), 'utf8')).split('\n')[0];
    expect(await origin('older')).not.toBe(await origin('data'));
  }, 120_000);

  it('and in whose store an event was changed is not rebuilt', async () => {
    await cp(path('lost'), path('changed'), { recursive: true });
    await rm(path('changed/trail'), { recursive: true });
    const store = new Database(path('changed/events.sqlite'));
    const { changes } = store
      .prepare(`UPDATE events SET body = replace(body, '"nonce":"', '"nonce":"x') WHERE position = 3`)
      .run();
    expect(changes).toBe(1);
    store.close();
    const rebuilt = await cli.run('audit', 'rebuild', '--data', path('changed'));
    expect(rebuilt).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not that of the event|do not give the tree/) as string,
    });
    await appendFile(path('changed/kept'), randomUUID());
    expect(
      (await cli.run('audit', 'rebuild', '--data', path('changed'), '--checkpoint', path('changed/kept'))).code,
    ).toBe(1);
  }, 120_000);
});

/** How much the witness has cosigned. */
async function seenByWitness(): Promise<number> {
  const note = await readFile(path('lost/trail/checkpoint'), 'utf8');
  return Number(note.split('\n')[1]);
}
