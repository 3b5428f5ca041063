import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { DataSubject, SubjectAccess } from '../libs/erasure/data-subjects.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import type { Ended } from './baton-process.spec-kit.js';
import { erasedTo, newAddress } from './erasure.spec-kit.js';
import { showLead } from './lead-life.spec-kit.js';
import { formTeams, newLead, ROLES_OF } from './people.spec-kit.js';

const MAIN = resolve('dist/bundle/cli.js');

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as, ['north-marketing']);
});
afterAll(() => baton.stop());

/** `baton privacy …` as built, by a person, with what they type on its standard input. */
async function privacy(subject: string, typed: string, ...args: readonly string[]): Promise<Ended> {
  const roles = ROLES_OF[subject]!;
  const token = await baton.issuer.issue({ subject, roles, lifetimeSeconds: 600 });
  const env = { PATH: process.env['PATH'] ?? '', BATON_URL: baton.url, BATON_TOKEN: token };
  const child = spawn(process.execPath, [MAIN, 'privacy', ...args], { env, cwd: baton.dataDir });
  child.stdin.end(typed);
  const closed = once(child, 'close') as Promise<[number]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, stdout, stderr };
}
async function person(more: object = {}) {
  const details = { email: newAddress(), name: 'Grace', ...more };
  const { lead } = await baton.as('maria').done<LeadAnswer>('/leads', newLead({ details }));
  return { lead, contact: (await showLead(baton, lead)).contact!, ...details };
}

describe('baton privacy', () => {
  it('takes a person from their address to their end: held, released, given out, asked for, approved', async () => {
    const { lead, contact, email } = await person();
    const typed = `  ${email.toUpperCase()} \n`;
    expect(await privacy('pia', typed, 'search')).toEqual({ code: 0, stdout: `${contact}\n`, stderr: '' });

    const held = await privacy('pia', typed, 'hold', '--reason', 'lawsuit', '--matter', 'case-17');
    expect(held).toMatchObject({ code: 0, stderr: '' });
    expect(held.stdout).toMatch(/Legal hold: +yes/);
    const asked = await privacy('pia', typed, 'erase', '--keep-opt-out', '--json');
    expect((JSON.parse(asked.stdout) as DataSubject).erasure).toMatchObject({ stage: 'requested', keepOptOut: true });
    const early = await privacy('root', '', 'approve', contact, '--reason', 'identity-checked');
    expect(early).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('legal hold') as string });
    expect((await privacy('pia', typed, 'release', '--reason', 'settled')).stdout).toMatch(/Legal hold: +no/);

    expect(await privacy('pia', typed, 'export', '--out', 'held.json')).toMatchObject({ code: 0, stderr: '' });
    const file = join(baton.dataDir, 'held.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const given = JSON.parse(await readFile(file, 'utf8')) as SubjectAccess;
    expect(given).toMatchObject({ contact, leads: [{ lead, details: { email, name: 'Grace' } }] });

    const own = await privacy('pia', typed, 'approve', '--reason', 'identity-checked');
    expect(own).toMatchObject({ code: 3, stderr: expect.stringContaining('another person') as string });
    expect(await privacy('root', '', 'approve', contact, '--reason', 'identity-checked')).toMatchObject({ code: 0 });
    await erasedTo(baton.as, contact, 'live');
    expect((await privacy('pia', typed, 'search')).stdout).toBe('Nobody is known by this address.\n');
    const end = await privacy('audrey', '', 'status', contact);
    for (const said of [/Erasure: +live, an opt-out is kept/, /keys, caches, sinks, leads/, /PersonalDataErased/])
      expect(end.stdout).toMatch(said);
    const rotated = await privacy('pia', '', 'rotate', '--reason', 'due');
    expect(rotated).toMatchObject({ code: 0, stdout: expect.stringContaining('take a new backup') as string });
    await erasedTo(baton.as, contact, 'final');
    const peppered = await privacy('pia', '', 'rotate-pepper', '--reason', 'due');
    expect(peppered).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Pepper 2 is over \d+ .* keys\.json/) as string,
    });
    expect(await privacy('maria', '', 'rotate-pepper', '--reason', 'due')).toMatchObject({ code: 5 });
    expect(baton.log().toLowerCase()).not.toContain(email);
  });

  it('finds by a phone number, too, and answers as the server does where that is asked for', async () => {
    const { contact } = await person({ phone: '+49 89 1234567' });
    expect((await privacy('pia', '+49 89 1234567', 'status')).stdout).toContain(contact);
    const found = await privacy('pia', '+49-89-123 45 67\n', 'search', '--json');
    expect(JSON.parse(found.stdout)).toEqual({ contacts: [contact] });
  });

  it.each<[number, string, string, string, readonly string[]]>([
    [1, 'nobody is known', 'pia', 'nobody@a.example', ['status']],
    [3, 'read from the standard input', 'pia', '', ['status', 'ada@a.example']],
    [3, 'no address', 'pia', '\n', ['erase']],
    [3, 'more than 320', 'pia', `${'a'.repeat(400)}@a.example`, ['search']],
    [3, '--reason', 'pia', '', ['approve']],
    [3, 'a code', 'pia', '', ['erase', '00000000-0000-8000-8000-000000000000', '--reason', 'Ada Lovelace']],
    [3, 'no such contact', 'pia', '', ['status', '00000000-0000-8000-8000-000000000000']],
    [3, 'cannot be made', 'pia', 'a@a.example', ['export', '--out', 'no-folder/held.json']],
    [5, 'only for privacy', 'maria', 'a@a.example', ['search']],
  ])('ends with %i and says %j, and nothing of whom was asked for', async (code, said, who, typed, args) => {
    const ended = await privacy(who, typed, ...args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr.toLowerCase()).toContain(said);
    for (const secret of ['nobody@', 'ada@', 'aaaa', 'a@a', 'lovelace']) expect(ended.stderr).not.toContain(secret);
  });

  it('leaves no file where nothing was given out', async () => {
    expect(await privacy('pia', 'nobody@a.example', 'export', '--out', 'none.json')).toMatchObject({ code: 1 });
    await expect(stat(join(baton.dataDir, 'none.json'))).rejects.toThrow('ENOENT');
  });
});
