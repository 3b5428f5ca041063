import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import { appendEvents, newTrailFolder, sealAll, signer } from '../libs/ownership-trail/trail.spec-kit.js';
import { cosign } from '../libs/transparency-log/cosignature.js';
import { formatVkey, SIGNATURE_TYPE } from '../libs/transparency-log/note-key.js';
import { formatSignatureLine } from '../libs/transparency-log/note-signature.js';
import { noteSigner } from '../libs/transparency-log/note-signer.js';

const CLI = fileURLToPath(new URL('../dist/apps/cli/main.js', import.meta.url));
// Enough tiles for two threads.
const SIZE = 33 * 256;
const folder = newTrailFolder();
const store = new MemoryEventStore();
const witness = noteSigner('witness.example/w1', SIGNATURE_TYPE.cosignature, Buffer.alloc(32, 2));
const TIME = 1_700_000_000;

const path = (name: string): string => join(folder, name);
const policy = (quorum: string): string => {
  writeFileSync(
    path('policy'),
    `log ${formatVkey(signer.key)}\nwitness w ${formatVkey(witness.key)}\nquorum ${quorum}\n`,
  );
  return path('policy');
};
const fsck = (...options: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'audit', 'fsck', folder, ...options], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

beforeAll(async () => {
  await appendEvents(store, 300);
  await sealAll(store, folder);
  writeFileSync(path('held'), readFileSync(path('checkpoint')));
  await appendEvents(store, SIZE - 300, 500);
  const note = (await sealAll(store, folder)) ?? '';
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  writeFileSync(path('checkpoint'), note + formatSignatureLine(cosign(text, TIME, witness)));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('baton audit fsck', () => {
  it('ends with 0 when all of a witnessed log is whole and only grew', () => {
    const { status, stdout } = fsck('--policy', policy('w'), '--since', path('held'));
    expect(stdout).toMatch(/^proven\n/);
    expect(stdout).toMatch(/seen {5}from 2023-11-14T22:13:20.000Z/);
    expect(status).toBe(0);
  });

  it('says it as JSON, too', () => {
    const { status, stdout } = fsck('--policy', policy('w'), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'proven', size: SIZE, streams: 500, quorum: 'met' });
    expect(status).toBe(0);
  });

  it('ends with 2 when nobody vouches for it, or not lately', () => {
    const unwitnessed = fsck('--policy', policy('none'));
    expect([unwitnessed.status, unwitnessed.stdout]).toEqual([2, expect.stringMatching(/^incomplete: unwitnessed/)]);
    const stale = fsck('--policy', policy('w'), '--as-of', '2023-11-15T00:00:00Z', '--max-age', '60');
    expect([stale.status, stale.stdout]).toEqual([2, expect.stringMatching(/^incomplete: stale/)]);
    const fresh = fsck('--policy', policy('w'), '--as-of', '2023-11-14T22:14:00Z', '--max-age', '60');
    expect(fresh.status).toBe(0);
  });

  it('ends with 1 and names the first bad leaf, in whichever thread’s part it lies', () => {
    for (const tile of ['031', '005']) {
      const file = path(`tile/entries/${tile}`);
      const bytes = readFileSync(file);
      writeFileSync(file, Buffer.from(bytes).fill(bytes[90]! ^ 1, 90, 91));
      const { status, stdout } = fsck('--policy', policy('w'), '--json');
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'tampered', index: Number(tile) * 256 });
      expect(status).toBe(1);
      writeFileSync(file, bytes);
    }
  });

  it('ends with 1 when the log is not signed by a log of the policy, with 3 when what was held before is not', () => {
    const other = noteSigner(signer.key.name, SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 77));
    writeFileSync(path('other'), `log ${formatVkey(other.key)}\nquorum none\n`);
    expect(fsck('--policy', path('other'))).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/tampered: checkpoint/) as unknown,
    });
    const held = readFileSync(path('held'), 'utf8');
    writeFileSync(path('wrong'), held.replace('\n300\n', '\n299\n'));
    expect(fsck('--policy', policy('w'), '--since', path('wrong'))).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/--since: held before: checkpoint: invalid signature/) as unknown,
    });
  });

  it.each([
    ['no policy', [], /--policy/],
    ['a policy that is none', ['--policy', '/dev/null'], /--policy: policy: has no quorum line/],
    ['a file that is not there', ['--policy', '/nowhere'], /cannot be read \(ENOENT\)/],
    ['an age in words', ['--policy', path('policy'), '--max-age', 'an hour'], /--max-age must be/],
    ['a time that is none', ['--policy', path('policy'), '--max-age', '5', '--as-of', 'noon'], /--as-of must be/],
  ])('ends with 3 for %s', (_, options, line) => {
    policy('w');
    const { status, stderr } = fsck(...options);
    expect([status, stderr]).toEqual([3, expect.stringMatching(line)]);
  });
});
