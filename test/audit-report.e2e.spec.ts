import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  EVENT_KEYS_TEXT,
  policyText,
  recorded,
  stewardChange,
  WitnessedLog,
} from '../libs/ownership-trail/witnessed-log.spec-kit.js';
import type { Ended } from './baton-process.spec-kit.js';

const CLI = resolve('dist/bundle/cli.js');
const T0 = Date.parse('2026-03-01T00:00:00Z') / 1_000;
const LEADS = [1, 2, 3].map((n) => `${String(n).repeat(8)}-1111-8111-8111-111111111111`);
const work = mkdtempSync(join(tmpdir(), 'baton-report-'));
const log = new WitnessedLog();
const events = recorded(
  Array.from({ length: 300 }, (_, at) => {
    const stream = `lead-${LEADS[at % 3]!}`;
    return { ...stewardChange(stream, Math.floor(at / 3), T0 + at * 3_600), stream };
  }),
);
writeFileSync(join(work, 'policy'), policyText());
writeFileSync(join(work, 'event-keys'), EVENT_KEYS_TEXT);
const TRUST = ['--policy', 'policy', '--event-keys', 'event-keys'];

beforeAll(() => {
  log.publish(T0 - 60);
  for (let at = 0; at < 300; at += 1) log.seal(events.slice(at, at + 1), T0 + at * 3_600 + 5);
});
afterAll(() => {
  for (const folder of [work, log.folder]) rmSync(folder, { recursive: true });
});

/** With no server to be found: what is asked of one fails. */
const report = (subject: string, ...options: readonly string[]): Promise<Ended> =>
  new Promise((done) => {
    const env = { PATH: process.env['PATH'] ?? '', BATON_URL: 'http://127.0.0.1:1', BATON_TOKEN: 'none' };
    const args = [CLI, 'audit', 'report', subject, '--log', log.folder, '--out', 'page.html', ...options];
    execFile(process.execPath, args, { cwd: work, env }, (fault, stdout, stderr) => {
      done({ code: typeof fault?.code === 'number' ? fault.code : fault ? -1 : 0, stdout, stderr });
    });
  });
const page = (): string => readFileSync(join(work, 'page.html'), 'utf8');

describe('baton audit report out of a folder, with no server', () => {
  it('tells of a lead, proven and complete, and hands on the proof that says so', async () => {
    expect(await report(LEADS[1]!, ...TRUST)).toEqual({ code: 0, stdout: 'page.html\n', stderr: '' });
    expect(page()).toContain('Proven when it was made');
    expect(page()).toContain('from a folder of the log');
    expect(page()).toContain(LEADS[1]);
    expect(page()).not.toContain(LEADS[0]);
  });

  it('tells of what a team had in a period, each lead once', async () => {
    expect(await report('north', ...TRUST, '--from', '2026-03-02', '--to', '2026-03-04')).toMatchObject({ code: 0 });
    for (const lead of LEADS) expect(page()).toContain(lead);
    expect(page()).toContain('of 3 leads');
    expect(page()).toContain('not shown to be complete');
    expect(await report('north', '--to', '2026-01-01')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('had no lead in that period') as string,
    });
  });

  it('says so of a log that was tampered with, and where there is nothing to tell of', async () => {
    const before = readFileSync(join(log.folder, 'checkpoints/200'));
    writeFileSync(join(log.folder, 'checkpoints/200'), readFileSync(join(log.folder, 'checkpoints/201')));
    const tampered = await report(LEADS[1]!, ...TRUST);
    expect(tampered).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`lead ${LEADS[1]!} is tampered`) as string,
    });
    expect(page()).toContain('Tampered: this must not be believed');
    writeFileSync(join(log.folder, 'checkpoints/200'), before);
    expect(await report(LEADS[1]!.replaceAll('2', '9'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no leaf of the log is of lead') as string,
    });
    expect(await report(LEADS[1]!, '--log', work)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no checkpoint that can be read') as string,
    });
  });
});
