import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import { parseEntries } from '../transparency-log/entry-bundle.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import { isSealedAs, parseLeaf } from '../contracts/leaf.js';
import { checkLog } from './log-check.js';
import { testSigner } from '../event-signing/event-signing.spec-kit.js';
import { TrailLog } from './trail-log.js';
import { TrailRefused } from './trail-refused.js';
import { appendEvents, newTrailFolder, openTrail, sealAll, signer, stewardEvent } from './trail.spec-kit.js';

const store = new MemoryEventStore();
const whole = newTrailFolder();
let checkpoint: string | undefined;
const SIZE = 700;

beforeAll(async () => {
  await appendEvents(store, SIZE);
  checkpoint = await sealAll(store, whole);
});

const checkpointOf = (folder: string, file = 'checkpoint') => {
  const note = parseCheckpointNote(readFileSync(join(folder, file)));
  if (!note.ok) throw new Error(note.problem);
  return note.value.checkpoint;
};

/** A copy of the whole log that a test may spoil. */
function copy(): string {
  const folder = newTrailFolder();
  cpSync(whole, folder, { recursive: true });
  return folder;
}

describe('the sealed log', () => {
  it('holds every event of the store once, in its order, as a function of the stored event', async () => {
    const events = await store.readAll({ limit: SIZE });
    const bundles = ['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/188'];
    const leaves = bundles.flatMap((path, at) => {
      const entries = parseEntries(readFileSync(join(whole, path)), at < 2 ? 256 : 188);
      return entries.ok ? entries.value.map(parseLeaf) : [];
    });
    expect(leaves).toHaveLength(SIZE);
    for (const [at, leaf] of leaves.entries()) {
      if (!leaf.ok) throw new Error(leaf.problem);
      expect(leaf.value).toMatchObject({ eventId: events[at]!.id, rev: String(events[at]!.revision) });
      expect(isSealedAs(events[at]!, leaf.value)).toBe(true);
      const other = { ...events[at]!, data: { ...events[at]!.data, nonce: 'other' } };
      expect(isSealedAs(other, leaf.value)).toBe(false);
    }
  });

  it('is the same tree in whatever batches it was sealed, and from whatever size it went on', async () => {
    const inSteps = newTrailFolder();
    const growing = new MemoryEventStore();
    for (const event of await store.readAll({ limit: SIZE })) {
      await growing.append(event.stream, event.revision === 0 ? 'no-stream' : event.revision - 1, [event]);
      if ([1, 255, 256, 257, 300].includes(Number(event.position))) await sealAll(growing, inSteps, 37);
    }
    expect(await sealAll(growing, inSteps, 100)).toBe(checkpoint);
    expect((await checkLog(inSteps, checkpointOf(inSteps))).ok).toBe(true);
    // What the whole bundle replaces is gone, what a published checkpoint's tiles need is kept.
    expect(readdirSync(join(inSteps, 'tile/entries'))).toEqual(['000', '001', '002.p']);
    expect(readdirSync(join(inSteps, 'tile/0'))).toContain('000.p');
  });

  it('has one writer at a time', async () => {
    const folder = copy();
    const log = await TrailLog.open({ folder, signers: [signer] });
    await expect(TrailLog.open({ folder, signers: [signer] })).rejects.toThrow('another sealer has the trail open');
    log.close();
    (await TrailLog.open({ folder, signers: [signer] })).close();
  });

  it('goes on from its last checkpoint when it was killed before the next', async () => {
    const folder = newTrailFolder();
    const growing = new MemoryEventStore();
    await appendEvents(growing, 200);
    await sealAll(growing, folder);
    const before = readFileSync(join(folder, 'pending'));
    const position = readFileSync(join(folder, 'position/200'));
    await appendEvents(growing, 200);
    const after = await sealAll(growing, folder);
    // All files of the next checkpoint are there, also a half-written draft, but not the checkpoint.
    writeFileSync(join(folder, 'pending'), before);
    writeFileSync(join(folder, 'position/200'), position);
    writeFileSync(join(folder, 'pending.draft'), after.slice(0, 20));
    expect(await sealAll(growing, folder)).toBe(after);
  });
});

describe('the sealer stops', () => {
  const sealing = async (events: readonly [string, ReturnType<typeof stewardEvent>][]) => {
    const folder = newTrailFolder();
    const { log, sealer } = await openTrail(store, folder);
    const revisions = new Map<string, number>();
    const recorded: RecordedEvent[] = [];
    for (const [stream, event] of events) {
      const revision = (revisions.get(stream) ?? -1) + 1;
      revisions.set(stream, revision);
      const [signed] = await testSigner().sign(stream, revision, [event]);
      recorded.push({ ...signed!, stream, revision, position: String(recorded.length + 1) });
    }
    return { folder, log, sealer, recorded };
  };

  it('at a gap in a stream, after sealing what came before', async () => {
    const { folder, log, sealer, recorded } = await sealing([0, 1, 2, 3].map((at) => ['lead-a', stewardEvent(at)]));
    const gap = recorded.filter((_, at) => at !== 2);
    await expect(sealer.seal(gap)).rejects.toThrow(/revision 3 follows 1/);
    log.close();
    expect(checkpointOf(folder, 'pending').size).toBe(2);
  });

  it('at a change that is not from what was', async () => {
    const change = { steward: { from: { team: 'south' }, to: { team: 'north' } } };
    const { log, sealer, recorded } = await sealing([
      ['lead-a', stewardEvent(0)],
      ['lead-a', stewardEvent(1, change)],
    ]);
    await expect(sealer.seal(recorded)).rejects.toThrow(new RegExp(`${recorded[1]!.id}.*change of steward`));
    log.close();
  });
});

describe('a log that was touched', () => {
  const flip = (path: string, at: number) => (folder: string) => {
    const bytes = readFileSync(join(folder, path));
    bytes[at]! ^= 1;
    writeFileSync(join(folder, path), bytes);
  };
  const cut = (path: string) => (folder: string) =>
    writeFileSync(join(folder, path), readFileSync(join(folder, path)).subarray(0, -1));
  const remove = (path: string) => (folder: string) => rmSync(join(folder, path), { recursive: true });

  it.each([
    ['an entry', flip('tile/entries/001', 100), 256, /not the leaf of the tree/],
    ['the length of an entry', flip('tile/entries/000', 1), 0, /./],
    ['a bundle cut short', cut('tile/entries/002.p/188'), 512, /ends within entry 187/],
    ['a bundle taken away', remove('tile/entries/001'), 256, /is missing/],
    ['a leaf hash', flip('tile/0/001', 32 * 5), 261, /not the leaf of the tree/],
    ['a leaf hash at the edge', flip('tile/0/002.p/188', 32 * 187), 699, /not the leaf of the tree/],
    ['a tile taken away', remove('tile/0/000'), 0, /is missing or cut/],
    ['a tile above', flip('tile/1/000.p/2', 40), 256, /not what the tiles below hash to/],
    ['a tile above cut short', cut('tile/1/000.p/2'), 0, /is missing or cut/],
    [
      'the root in the checkpoint',
      (folder: string) => {
        const text = readFileSync(join(folder, 'pending'), 'utf8').split('\n');
        const root = Buffer.from(text[2]!, 'base64');
        root[0]! ^= 1;
        writeFileSync(join(folder, 'pending'), text.with(2, root.toString('base64')).join('\n'));
      },
      SIZE,
      /do not hash to the checkpoint/,
    ],
  ])('is found out: %s', async (_, spoil, index, rule) => {
    const folder = copy();
    spoil(folder);
    const checked = await checkLog(folder, checkpointOf(folder, 'pending'));
    expect(checked).toEqual({ ok: false, index, rule: expect.stringMatching(rule) as unknown });
    await expect(openTrail(store, folder)).rejects.toThrow(TrailRefused);
    // A refused start leaves no lock behind.
    await expect(openTrail(store, folder)).rejects.not.toThrow(/another sealer/);
  });

  it.each([
    ['without its checkpoint', remove('pending'), /not its last checkpoint/],
    [
      'with a checkpoint that is none',
      (folder: string) => writeFileSync(join(folder, 'pending'), 'x'),
      /cannot be read/,
    ],
    ['without a position', remove('position/700'), /says no position/],
  ])('is not gone on with %s', async (_, spoil, problem) => {
    const folder = copy();
    spoil(folder);
    await expect(TrailLog.open({ folder, signers: [signer] })).rejects.toThrow(problem);
  });

  it('is not gone on with under another key', async () => {
    const other = noteSigner('log.example/baton', 1, Buffer.alloc(32, 9));
    await expect(TrailLog.open({ folder: copy(), signers: [other] })).rejects.toThrow(/not of this log's key/);
  });
});
