import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatVkey } from '../libs/transparency-log/note-key.js';
import { logSigner, ORIGIN, PostingLog } from '../libs/witness/witness.spec-kit.js';

const MAIN = fileURLToPath(new URL('../dist/bundle/witness.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'baton-witness-'));
const policy = join(folder, 'logs.policy');
writeFileSync(policy, `log ${formatVkey(logSigner.key)}\nquorum none\n`);
const settings = {
  BATON_WITNESS_NAME: 'example.com/witness',
  BATON_WITNESS_LOGS: policy,
  BATON_WITNESS_DATA: join(folder, 'data'),
  BATON_WITNESS_PORT: '0',
};

afterAll(() => rmSync(folder, { recursive: true }));

async function start(): Promise<{ child: ChildProcess; url: string; vkey: string; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, [MAIN], { env: settings, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, vkey } = JSON.parse(line) as { url?: string; vkey?: string };
    if (url !== undefined && vkey !== undefined) return { child, url, vkey, ended };
  }
  throw new Error('it ended before it listened');
}

const post = (url: string, body: string): Promise<Response> => fetch(`${url}/add-checkpoint`, { method: 'POST', body });

/** Asks for any size: 0 is never right once something was cosigned. */
async function cosignedSize(url: string, log: PostingLog): Promise<number> {
  const answer = await post(url, await log.request(0, log.size));
  return answer.status === 409 ? Number(await answer.text()) : 0;
}

it('a witness killed in the middle, again and again, knows every checkpoint that it handed a cosignature out for', async () => {
  const log = new PostingLog(400);
  let handedOut = 1;
  let key: string | undefined;
  for (let round = 0; round < 5; round += 1) {
    const { child, url, vkey, ended } = await start();
    key ??= vkey;
    expect(vkey).toBe(key);
    if (round === 0) expect((await post(url, await log.request(0, 1))).status).toBe(200);
    const known = await cosignedSize(url, log);
    expect(known).toBeGreaterThanOrEqual(handedOut);
    const killAt = known + 10 + round * 7;
    let [size, going] = [known, true];
    while (going && size < log.size) {
      if (size === killAt) child.kill('SIGKILL');
      going = await post(url, await log.request(size, size + 1)).then(
        (answer) => answer.status === 200,
        () => false,
      );
      if (going) handedOut = size += 1;
    }
    await ended;
  }
  const { child, url, ended } = await start();
  expect(await cosignedSize(url, log)).toBeGreaterThanOrEqual(handedOut);
  const origin = await (await fetch(`${url}/${'0'.repeat(64)}/checkpoint`)).text();
  expect(origin).toBe('not found\n');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
}, 120_000);

it.each([
  [{ BATON_WITNESS_NAME: '' }, 'BATON_WITNESS_NAME must be set'],
  [{ BATON_WITNESS_NAME: 'two words' }, 'BATON_WITNESS_NAME must have no spaces'],
  [{ BATON_WITNESS_LOGS: '' }, 'BATON_WITNESS_LOGS must be set'],
  [{ BATON_WITNESS_LOGS: '/nowhere' }, 'BATON_WITNESS_LOGS: the file cannot be read (ENOENT)'],
  [{ BATON_WITNESS_PORT: '70000' }, 'BATON_WITNESS_PORT must be'],
  [{ BATON_WITNESS_NAME: `${ORIGIN}/other` }, 'is the key of example.com/witness, not of'],
])('says in one line why it does not start: %j', (wrong, line) => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN], { env: { ...settings, ...wrong }, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain(`witness does not start: `);
  expect(stderr).toContain(line);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
