import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatVkey, SIGNATURE_TYPE } from '../libs/transparency-log/note-key.js';
import { noteSigner } from '../libs/transparency-log/note-signer.js';
import {
  EVENT_KEYS_TEXT,
  LOG,
  policyText,
  recorded,
  stewardChange,
  WitnessedLog,
} from '../libs/ownership-trail/witnessed-log.spec-kit.js';

const CLI = fileURLToPath(new URL('../dist/apps/cli/main.js', import.meta.url));
// Enough tiles for two threads.
const SIZE = 33 * 256;
const TIME = 1_700_000_000;
const log = new WitnessedLog();
const { folder } = log;

const path = (name: string): string => join(folder, name);
const policy = (witnessed = true): string => {
  writeFileSync(path('policy'), policyText(witnessed));
  return path('policy');
};
const fsck = (...options: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'audit', 'fsck', folder, ...options], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

beforeAll(() => {
  const events = recorded(
    Array.from({ length: SIZE }, (_, at) => {
      const stream = `lead-${at % 500}`;
      return { ...stewardChange(stream, Math.floor(at / 500), TIME - 5), stream };
    }),
  );
  log.seal(events.slice(0, 300), TIME - 2);
  writeFileSync(path('held'), readFileSync(path('checkpoint')));
  log.seal(events.slice(300, 5_000), TIME - 1);
  log.seal(events.slice(5_000), TIME);
  writeFileSync(path('event-keys'), EVENT_KEYS_TEXT);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('baton audit fsck', () => {
  it('ends with 0 when all of a witnessed log is whole and only grew', () => {
    const { status, stdout } = fsck(
      ...['--policy', policy(), '--event-keys', path('event-keys'), '--since', path('held')],
    );
    expect(stdout).toMatch(/^proven\n/);
    expect(stdout).toMatch(/events {3}signatures checked\nkept {5}3 checkpoints/);
    expect(stdout).toMatch(/seen {5}from 2023-11-14T22:13:20.000Z/);
    expect(status).toBe(0);
  });

  it('says it as JSON, too', () => {
    const { status, stdout } = fsck('--policy', policy(), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'proven', size: SIZE, streams: 500, quorum: 'met' });
    expect(status).toBe(0);
  });

  it('ends with 2 when nobody vouches for it, or not lately', () => {
    const unwitnessed = fsck('--policy', policy(false));
    expect([unwitnessed.status, unwitnessed.stdout]).toEqual([2, expect.stringMatching(/^incomplete: unwitnessed/)]);
    const stale = fsck('--policy', policy(), '--as-of', '2023-11-15T00:00:00Z', '--max-age', '60');
    expect([stale.status, stale.stdout]).toEqual([2, expect.stringMatching(/^incomplete: stale/)]);
    const fresh = fsck('--policy', policy(), '--as-of', '2023-11-14T22:14:00Z', '--max-age', '60');
    expect(fresh.status).toBe(0);
  });

  it('ends with 0 where witnesses were named later, once it is told from which checkpoint on, else with 2', () => {
    const sound = readFileSync(path('checkpoints/300'), 'utf8');
    writeFileSync(path('checkpoints/300'), sound.replace(/— witness[^\n]*\n/g, ''));
    const untold = fsck('--policy', policy());
    expect([untold.status, untold.stdout]).toEqual([2, expect.stringMatching(/from that of 5000 leaves on have/)]);
    const told = fsck('--policy', policy(), '--witnessed-from', '5000');
    expect([told.status, told.stdout]).toEqual([0, expect.stringMatching(/^times {4}vouched for from 5000 leaves/m)]);
    writeFileSync(path('checkpoints/300'), sound);
  });

  it('ends with 1 and names the first bad leaf, in whichever thread’s part it lies', () => {
    for (const tile of ['031', '005']) {
      const file = path(`tile/entries/${tile}`);
      const bytes = readFileSync(file);
      writeFileSync(file, Buffer.from(bytes).fill(bytes[90]! ^ 1, 90, 91));
      const { status, stdout } = fsck('--policy', policy(), '--json');
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'tampered', index: Number(tile) * 256 });
      expect(status).toBe(1);
      writeFileSync(file, bytes);
    }
  });

  it('ends with 1 when the log is not signed by a log of the policy, with 3 when what was held before is not', () => {
    const other = noteSigner(LOG.key.name, SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 77));
    writeFileSync(path('other'), `log ${formatVkey(other.key)}\nquorum none\n`);
    expect(fsck('--policy', path('other'))).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/tampered: checkpoint/) as unknown,
    });
    const held = readFileSync(path('held'), 'utf8');
    writeFileSync(path('wrong'), held.replace('\n300\n', '\n299\n'));
    expect(fsck('--policy', policy(), '--since', path('wrong'))).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/--since: held before: checkpoint: invalid signature/) as unknown,
    });
  });

  it.each([
    ['no policy', [], /--policy/],
    ['a policy that is none', ['--policy', '/dev/null'], /--policy: policy: has no quorum line/],
    ['a file that is not there', ['--policy', '/nowhere'], /cannot be read \(ENOENT\)/],
    ['an age in words', ['--policy', path('policy'), '--max-age', 'an hour'], /--max-age must be/],
    ['a size in words', ['--policy', path('policy'), '--witnessed-from', 'all'], /--witnessed-from must be/],
    ['a time that is none', ['--policy', path('policy'), '--max-age', '5', '--as-of', 'noon'], /--as-of must be/],
  ])('ends with 3 for %s', (_, options, line) => {
    policy();
    const { status, stderr } = fsck(...options);
    expect([status, stderr]).toEqual([3, expect.stringMatching(line)]);
  });
});
