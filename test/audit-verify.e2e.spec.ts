import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leafOf } from '../libs/contracts/leaf.js';
import { leadBundle } from '../libs/ownership-trail/lead-bundle.js';
import {
  EVENT_KEYS_TEXT,
  policyText,
  recorded,
  stewardChange,
  WitnessedLog,
} from '../libs/ownership-trail/witnessed-log.spec-kit.js';

const CLI = fileURLToPath(new URL('../dist/bundle/cli.js', import.meta.url));
const T0 = Math.floor(Date.now() / 1_000) - 3_600;
const work = mkdtempSync(join(tmpdir(), 'baton-audit-'));
const events = recorded(
  Array.from({ length: 300 }, (_, at) => {
    const stream = `lead-${at % 5}`;
    return { ...stewardChange(stream, Math.floor(at / 5), T0 + at), stream };
  }),
);
const log = new WitnessedLog();
const path = (name: string, text?: string): string => {
  if (text !== undefined) writeFileSync(join(work, name), text);
  return join(work, name);
};
const POLICY = path('policy', policyText());
const EVENT_KEYS = path('event-keys', EVENT_KEYS_TEXT);
const TRUST = ['--policy', POLICY, '--event-keys', EVENT_KEYS];
const TOKEN = 'an-auditors-token';

/** Without a network: only the address of this machine can be reached. */
const audit = (...options: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'audit', ...options], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

/** For what needs this process to answer meanwhile. */
async function auditBeside(...options: readonly string[]): Promise<{ status: number; stdout: string }> {
  const child = spawn(process.execPath, [CLI, 'audit', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [status] = (await once(child, 'close')) as [number];
  return { status, stdout };
}

let server: Server;
let url = '';
const asked = new Set<string>();

beforeAll(async () => {
  log.publish(T0 - 10);
  for (let from = 0; from < 300; from += 30) log.seal(events.slice(from, from + 30), T0 + from + 30);
  path('bundle', JSON.stringify(await leadBundle(log.folder, log.indexesOf('lead-3'))));
  path('older', JSON.stringify(await leadBundle(log.folder, log.indexesOf('lead-3').slice(0, 10))));
  const { sig, ...leaf } = leafOf(events[123]!, undefined);
  path('receipt', JSON.stringify({ leaf, signature: sig }));
  server = createServer((request, response) => {
    const file = (request.url ?? '').replace('/audit/', '');
    if (!asked.has(file) && file === 'tile/0/000') {
      asked.add(file);
      response.writeHead(429, { 'retry-after': '0' }).end();
      return;
    }
    asked.add(file);
    if (file.startsWith('tile/entries/') && request.headers.authorization !== `Bearer ${TOKEN}`)
      return response.writeHead(401).end();
    try {
      return response.end(readFileSync(join(log.folder, file)));
    } catch {
      return response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/audit`;
});
afterAll(() => {
  server.close();
  for (const folder of [work, log.folder]) rmSync(folder, { recursive: true });
});

describe('baton audit verify', () => {
  it('ends with 2 for a bundle alone, whose leaves it proves, and says what it does not', () => {
    const { status, stdout } = audit('verify', path('bundle'), ...TRUST);
    expect(stdout).toMatch(/^incomplete\n {2}not shown to be complete/);
    expect(stdout).toMatch(/complete: not shown\n/);
    expect(stdout).toMatch(/steward {5}ben \(north\): from \S+ \[leaf 8, witnessed \S+ to \S+\] until \S+ \[leaf 13,/);
    expect(status).toBe(2);
  });

  it('ends with 0 when the whole log says the same, from a folder', () => {
    const { status, stdout } = audit('verify', path('bundle'), ...TRUST, '--log', log.folder, '--since', path('older'));
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^proven\n[^]*complete: shown\n/)]);
    const json = audit('verify', path('bundle'), ...TRUST, '--log', log.folder, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'proven', stream: 'lead-3', leaves: 60, quorum: 'met' });
  });

  it('or from a server, with an auditor’s token for the entries', async () => {
    const shown = await auditBeside('verify', path('bundle'), ...TRUST, '--log', url, '--token', TOKEN);
    expect([shown.status, shown.stdout]).toEqual([0, expect.stringMatching(/complete: shown/)]);
    const refused = await auditBeside('verify', path('bundle'), ...TRUST, '--log', url);
    expect([refused.status, refused.stdout]).toEqual([2, expect.stringMatching(/answers tile\/entries\/\S+ with 401/)]);
  });

  it('ends with 1 and names rule and leaf', () => {
    const bundle = JSON.parse(readFileSync(path('bundle'), 'utf8')) as { leaves: { index: number; proof: string }[] };
    bundle.leaves[4]!.proof = bundle.leaves[5]!.proof;
    const { status, stdout } = audit('verify', path('spoilt', JSON.stringify(bundle)), ...TRUST);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^tampered: proof: is of another index \(leaf 23\)\n/)]);
    const left = audit('verify', path('older'), ...TRUST, '--log', log.folder, '--json');
    expect(left.status).toBe(1);
    expect(JSON.parse(left.stdout)).toMatchObject({ rule: 'the bundle leaves out a leaf of its stream', index: 53 });
  });

  it('tells whether a receipt was kept', () => {
    const kept = audit('verify', '--receipt', path('receipt'), ...TRUST, '--log', log.folder);
    expect([kept.status, kept.stdout]).toEqual([0, expect.stringMatching(/event \S+ is leaf 123/)]);
  });

  it.each([
    ['neither bundle nor receipt', [...TRUST], /give a bundle, or --receipt/],
    ['no event keys', ['bundle', '--policy', POLICY], /--event-keys/],
    [
      'event keys that are none',
      [path('policy'), '--policy', POLICY, '--event-keys', POLICY],
      /--event-keys: .*line 1/,
    ],
    ['a file that is not there', ['/nowhere', ...TRUST], /cannot be read \(ENOENT\)/],
    [
      'a store that is not there',
      [path('policy'), ...TRUST, '--store', '/nowhere'],
      /--store: there is no event store/,
    ],
  ])('ends with 3 for %s', (_, options, problem) => {
    const { status, stderr } = audit('verify', ...options);
    expect([status, stderr]).toEqual([3, expect.stringMatching(problem)]);
  });
});

describe('baton audit monitor', () => {
  it('follows a server from its own memory, and keeps evidence of a log that is another', async () => {
    const memory = path('memory');
    const monitor = (...options: readonly string[]) =>
      auditBeside(
        'monitor',
        '--log',
        url,
        '--token',
        TOKEN,
        '--memory',
        memory,
        ...TRUST,
        '--once',
        '--json',
        ...options,
      );
    const first = await monitor();
    expect(JSON.parse(first.stdout)).toMatchObject({ verdict: 'proven', added: 300, full: true });
    asked.clear();
    const second = await monitor('--max-age', '30');
    // The log has not grown: but for the checkpoint and the edge of the tree nothing was asked for.
    expect([...asked].filter((file) => file.startsWith('tile/entries'))).toEqual([]);
    expect(JSON.parse(second.stdout)).toMatchObject({
      verdict: 'incomplete',
      rule: 'stale: older than 30 seconds',
      added: 0,
    });
    expect([first.status, second.status]).toEqual([0, 2]);
    const other = new WitnessedLog();
    other.seal(events.slice(0, 299), T0 + 400);
    writeFileSync(join(log.folder, 'checkpoint'), other.cosigned(T0 + 500));
    const third = await monitor();
    expect([third.status, JSON.parse(third.stdout)]).toMatchObject([
      1,
      { verdict: 'tampered', rule: expect.stringMatching(/^cut short/) as unknown },
    ]);
    expect(readdirSync(join(memory, 'evidence'))).toHaveLength(1);
    rmSync(other.folder, { recursive: true });
    writeFileSync(join(log.folder, 'checkpoint'), readFileSync(join(log.folder, 'checkpoints/300')));
  });

  it('goes on until it is told to end, and remembers then', async () => {
    const child = spawn(
      process.execPath,
      [CLI, 'audit', 'monitor', '--log', log.folder, '--memory', path('running'), ...TRUST, '--every', '1'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toMatch(/^proven \| 300 leaves, 300 new/);
    child.kill('SIGTERM');
    const [status] = (await once(child, 'close')) as [number];
    expect(status).toBe(0);
    expect(readdirSync(path('running')).sort()).toEqual(['checkpoint', 'progress.ndjson']);
  });
});
