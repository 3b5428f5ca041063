import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatEventKeys } from '../../libs/contracts/event-keys.js';
import { testEventKeys } from '../../libs/event-signing/event-signing.spec-kit.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { compareStoreAndLog } from '../../libs/ownership-trail/completeness.js';
import { fsck } from '../../libs/ownership-trail/fsck.js';
import { TrailFolder } from '../../libs/ownership-trail/trail-folder.js';
import { appendEvents } from '../../libs/ownership-trail/trail.spec-kit.js';
import { parseCheckpointNote, type Checkpoint } from '../../libs/transparency-log/checkpoint.js';
import { verifyConsistency } from '../../libs/transparency-log/merkle-proof.js';
import { parsePolicy } from '../../libs/transparency-log/policy-file.js';
import { TileHashes } from '../../libs/transparency-log/tile-hashes.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const PROCESS = fileURLToPath(new URL('./trail-process.mjs', import.meta.url));
const LONGEST_MS = 300_000;
/** BATON_FAULTS: how many of each fault; in CI a few. */
const COUNT = Number(process.env.BATON_FAULTS ?? 6);
const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace)
  process.stderr.write('SKIPPED: strace is not installed: faults at each system call of the sealer are not tested\n');
const withStrace = hasStrace ? describe : describe.skip;

const CALLS = ['openat', 'write', 'pwrite64', 'fsync', 'rename', 'unlink', 'mkdir', 'close', 'linkat'];
const EVENTS = 40;

let directory: string;
let storeFile: string;
let store: SqliteEventStore;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'baton-trail-faults-'));
  storeFile = join(directory, 'events.sqlite');
  store = await SqliteEventStore.open({ file: storeFile });
  await appendEvents(store, EVENTS);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

/** An empty place for a log that trusts the test's event key. */
function newPlace(): string {
  const folder = join(mkdtempSync(join(directory, 'place-')), 'trail');
  writeFileSync(`${folder}.event-keys`, formatEventKeys(testEventKeys()));
  return folder;
}

const policyOf = (folder: string) => {
  const policy = parsePolicy(readFileSync(`${folder}.policy`));
  if (!policy.ok) throw new Error(policy.problem);
  return policy.value;
};

/** V3 and V4: the log is whole, says what the store says, and no two checkpoints that it ever gave contradict. */
async function assertWhole(folder: string, size: number): Promise<void> {
  const report = await fsck(folder, { policy: policyOf(folder) });
  expect([report.verdict, report.rule, report.size]).toEqual([
    'incomplete',
    'unwitnessed: the policy asks for no quorum',
    size,
  ]);
  expect((await compareStoreAndLog(store, { folder, size })).difference).toBeUndefined();
  const given = readdirSync(join(folder, 'checkpoints'))
    .filter((name) => /^\d+$/.test(name))
    .map((name) => checkpointIn(readFileSync(join(folder, 'checkpoints', name), 'utf8')))
    .toSorted((a, b) => a.size - b.size);
  expect(given.at(-1)?.size).toBe(size);
  const { readTile } = new TrailFolder(folder);
  for (const [at, newer] of given.entries()) {
    const older = given[at - 1];
    if (older === undefined || older.size === 0) continue;
    const proof = await new TileHashes(readTile, newer.size).consistency(older.size);
    const claim = { oldSize: older.size, oldRoot: older.root, newSize: newer.size, newRoot: newer.root, proof };
    expect(verifyConsistency(claim)).toBe(true);
  }
}

function checkpointIn(text: string): Checkpoint {
  const note = parseCheckpointNote(text);
  if (!note.ok) throw new Error(note.problem);
  return note.value.checkpoint;
}

const seal = (folder: string) =>
  spawnSync(process.execPath, [PROCESS, DIST, storeFile, folder, 'once'], { encoding: 'utf8', timeout: 60_000 });

/** A call on the log's files: the n-th of its name in its thread, which is how strace counts. */
interface Target {
  readonly call: string;
  readonly when: number;
}

const underStrace = (folder: string, trace: string, options: readonly string[]) =>
  spawnSync(
    'strace',
    ['-f', '--seccomp-bpf', '-qq', '-o', trace, ...options, process.execPath, PROCESS, DIST, storeFile, folder, 'once'],
    {
      encoding: 'utf8',
      timeout: 60_000,
      // One thread does all that waits for files, so that its calls come in one order.
      env: { PATH: process.env.PATH ?? '', UV_THREADPOOL_SIZE: '1' },
    },
  );

/** Every call on the log that a run makes, and that no other thread of it reaches at the same number before. */
function targetsOf(): readonly Target[] {
  const folder = newPlace();
  const trace = join(directory, 'trace');
  expect(underStrace(folder, trace, ['-y', '-e', `trace=${CALLS.join(',')}`]).status).toBe(0);
  const counts = new Map<string, number>();
  const reached = new Set<string>();
  const targets: Target[] = [];
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const [, thread = '', call] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (call === undefined) continue;
    const when = (counts.get(`${thread} ${call}`) ?? 0) + 1;
    counts.set(`${thread} ${call}`, when);
    if (reached.has(`${call} ${when}`)) continue;
    reached.add(`${call} ${when}`);
    if (line.includes(`${folder}/`)) targets.push({ call, when });
  }
  return targets;
}

withStrace('A sealer to which the system answers with a fault, or that is killed, at one of its calls', () => {
  it(
    'leaves a log from which the next one goes on: whole, with an event once each, no checkpoint against another',
    async () => {
      const targets = targetsOf();
      expect(targets.length).toBeGreaterThan(20);
      const step = Math.max(1, Math.floor(targets.length / COUNT));
      const chosen = targets.filter((_, at) => at % step === 0);
      let interrupted = 0;
      for (const { call, when } of chosen) {
        for (const effect of ['error=EIO', 'signal=KILL']) {
          const folder = newPlace();
          const inject = `inject=${call}:${effect}:when=${when}`;
          const run = underStrace(folder, '/dev/null', ['-e', `trace=${call}`, '-e', inject]);
          if (run.status !== 0 || run.stdout.includes('"fault"')) interrupted += 1;
          const after = seal(folder);
          expect([inject, after.status, after.stderr]).toEqual([inject, 0, '']);
          await assertWhole(folder, EVENTS);
          rmSync(join(folder, '..'), { recursive: true });
        }
      }
      expect(interrupted).toBeGreaterThanOrEqual(chosen.length);
    },
    LONGEST_MS,
  );
});

/** A sealer that goes on until it is told to end. */
function start(folder: string) {
  const child = spawn(process.execPath, [PROCESS, DIST, storeFile, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: { kind: string; size?: number; line?: string; alarm?: { rule: string } }[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(JSON.parse(line) as (typeof said)[number]);
    for (const look of waiting) look();
  });
  const when = (is: (one: (typeof said)[number]) => boolean): Promise<(typeof said)[number]> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = said.find(is);
        if (found) {
          waiting.delete(look);
          resolve(found);
        }
      };
      waiting.add(look);
      look();
    });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    child,
    when,
    said,
    committed: () => child.stdin.write('\n'),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

describe('Two sealers on one log', () => {
  it(
    'one of which was stopped and goes on: only one ever writes, and the one that lost the folder says so',
    async () => {
      const folder = newPlace();
      const first = start(folder);
      await first.when(({ kind, size }) => kind === 'published' && size === EVENTS);
      first.child.kill('SIGSTOP');
      const second = start(folder);
      expect((await second.when(({ kind }) => kind === 'refused')).line).toMatch(/another sealer has the trail open/);
      // A lock that was lost, as on a folder that two machines share.
      unlinkSync(join(folder, 'sealer.lock'));
      await appendEvents(store, 7);
      const third = start(folder);
      await third.when(({ kind, size }) => kind === 'published' && size === EVENTS + 7);
      first.child.kill('SIGCONT');
      await appendEvents(store, 7);
      first.committed();
      const { alarm } = await first.when(({ kind }) => kind === 'alarm');
      expect(alarm?.rule).toMatch(/another sealer has taken over the trail/);
      third.committed();
      await third.when(({ kind, size }) => kind === 'published' && size === EVENTS + 14);
      await Promise.all([first.stop(), third.stop()]);
      await assertWhole(folder, EVENTS + 14);
    },
    LONGEST_MS,
  );
});

describe('A sealer on a full disk', () => {
  it(
    'leaves what it has published whole, and goes on when there is room',
    async () => {
      const folder = newPlace();
      expect(seal(folder).status).toBe(0);
      const size = (await store.readAll({ limit: 10_000 })).length;
      await appendEvents(store, 300);
      const copy = `${folder}-copy`;
      cpSync(folder, copy, { recursive: true });
      // No file may grow beyond 4 KiB: a tile of more than 128 hashes does, as does a bundle of entries.
      const limited = spawn(
        'bash',
        ['-c', `trap '' XFSZ; ulimit -f 4; exec "$0" "$@"`, process.execPath, PROCESS, DIST, storeFile, folder],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      const fault = await new Promise<string>((resolve) => {
        createInterface({ input: limited.stdout }).on('line', (line) => line.includes('"fault"') && resolve(line));
      });
      expect(fault).toMatch(/EFBIG/);
      limited.kill('SIGKILL');
      await new Promise((resolve) => limited.once('close', resolve));
      expect(checkpointIn(readFileSync(join(folder, 'checkpoint'), 'utf8')).size).toBe(size);
      expect(seal(folder).status).toBe(0);
      await assertWhole(folder, size + 300);
    },
    LONGEST_MS,
  );
});
