import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeLeaf, leafOf } from '../contracts/leaf.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { parseEntries } from '../transparency-log/entry-bundle.js';
import { signCheckpoint } from '../transparency-log/checkpoint.js';
import { cosign } from '../transparency-log/cosignature.js';
import { formatVkey, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import { formatSignatureLine } from '../transparency-log/note-signature.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import { trustCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { auditBundle } from './audit-bundle.js';
import { compareWithStore } from './compare-store.js';
import { fsck } from './fsck.js';
import { leadBundle } from './lead-bundle.js';
import { heldAgainst } from './scan-range.js';
import { newTrailFolder } from './trail.spec-kit.js';
import { TrailFolder } from './trail-folder.js';
import {
  EVENT_KEYS,
  LOG,
  policyOf,
  policyText,
  recorded,
  signedEvent,
  stewardChange,
  WitnessedLog,
  WITNESSES,
} from './witnessed-log.spec-kit.js';

const T0 = 1_700_000_000;
const MINUTE = 60;
/** `BATON_EVERY_BYTE=1` turns a bit in each byte of the log: some minutes. */
const EVERY_BYTE = process.env['BATON_EVERY_BYTE'] === '1';
const SIZE = 300;
const events = recorded(
  Array.from({ length: SIZE }, (_, at) => {
    const stream = `lead-${at % 7}`;
    return { ...stewardChange(stream, Math.floor(at / 7), T0 + at * MINUTE), stream };
  }),
);
const policy = policyOf(policyText());
const check = (folder: string) => fsck(folder, { policy, eventKeys: EVENT_KEYS });

function sealed(all: typeof events): WitnessedLog {
  const log = new WitnessedLog();
  log.publish(T0 - 10);
  for (let from = 0; from < SIZE; from += 60) {
    log.heartbeat(T0 + from * MINUTE - 5);
    // An hour's events, sealed one by one so that each is seen within its minute.
    for (let at = from; at < from + 60; at += 10) log.seal(all.slice(at, at + 10), T0 + (at + 9) * MINUTE + 5);
  }
  return log;
}

const log = sealed(events);
const folders: string[] = [log.folder];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
function copy(spoil: (folder: string) => void): string {
  const folder = newTrailFolder();
  folders.push(folder);
  cpSync(log.folder, folder, { recursive: true });
  spoil(folder);
  return folder;
}
const changed = (path: string, change: (bytes: Buffer) => Buffer | string) => (folder: string) =>
  writeFileSync(join(folder, path), change(readFileSync(join(folder, path))));

describe('a whole log in its folder', () => {
  it('is proven with every signature, kept checkpoint and time', async () => {
    expect(await check(log.folder)).toMatchObject({
      verdict: 'proven',
      size: SIZE,
      streams: 7,
      eventSignatures: 'checked',
      keptCheckpoints: 31,
      quarantined: [],
      declaredLate: 0,
    });
  });

  it.each<[string, (folder: string) => void, number | undefined, RegExp]>([
    [
      'a kept checkpoint’s signature',
      changed('checkpoints/120', (b) => b.toString().replace(/(baton .{30})./, '$1!')),
      120,
      /checkpoints\/120: note: signature line/,
    ],
    [
      'a kept checkpoint’s root',
      changed('checkpoints/120', (b) => b.toString().replace(/\n120\n./, '\n120\n/')),
      120,
      /^checkpoints\/120: checkpoint/,
    ],
    [
      'a kept checkpoint’s later form',
      changed('checkpoints/120.last', (b) => b.toString().replace('\n120\n', '\n121\n')),
      120,
      /^checkpoints\/120\.last: checkpoint/,
    ],
    [
      'a kept checkpoint in another’s place',
      (folder) => cpSync(join(folder, 'checkpoints/120'), join(folder, 'checkpoints/130')),
      130,
      /is of 120 leaves/,
    ],
    [
      'a checkpoint that was published and taken back',
      changed('checkpoint', () => readFileSync(join(log.folder, 'checkpoints/290'))),
      undefined,
      /^cut short: the log was published with 300 leaves/,
    ],
  ])('is not proven with %s', async (_, spoil, index, rule) => {
    const report = await check(copy(spoil));
    expect([report.verdict, report.index, report.rule]).toEqual(['tampered', index, expect.stringMatching(rule)]);
  });

  it('is not proven when a cosignature was taken out of a kept checkpoint', async () => {
    const folder = copy(changed('checkpoints/120', (b) => b.toString().replace(/— witness[^\n]*\n/, '')));
    expect(await check(folder)).toMatchObject({
      verdict: 'incomplete',
      rule: 'unwitnessed: checkpoints/120 has not its quorum; all from that of 130 leaves on have theirs',
    });
  });

  describe('whose witnesses were named when it had leaves already', () => {
    const stripped = (until: number) => (folder: string) => {
      const bare = (note: Buffer) => note.toString().replace(/— witness[^\n]*\n/g, '');
      for (const path of readdirSync(join(folder, 'checkpoints'))) {
        if (parseInt(path, 10) < until) changed(`checkpoints/${path}`, bare)(folder);
      }
    };
    const checkFrom = (folder: string, witnessedFrom: number) =>
      fsck(folder, { policy, eventKeys: EVENT_KEYS, witnessedFrom });

    it('is proven from the checkpoint on that the auditor was told of, and not by itself', async () => {
      const folder = copy(stripped(130));
      expect(await check(folder)).toMatchObject({
        verdict: 'incomplete',
        rule: 'unwitnessed: checkpoints/0 has not its quorum; all from that of 130 leaves on have theirs',
      });
      const { rule, ...report } = await checkFrom(folder, 130);
      expect(report).toMatchObject({ verdict: 'proven', witnessedFrom: 130, keptCheckpoints: 31 });
      expect(rule).toBeUndefined();
    });

    it.each<[string, number, (folder: string) => void, string]>([
      [
        'a later one without its quorum',
        130,
        stripped(210),
        'checkpoints/130 has not its quorum; all from that of 210',
      ],
      ['none kept of that size', 125, stripped(120), 'no checkpoint of 125 leaves was kept'],
      [
        'the one of that size taken away',
        130,
        (folder) => {
          stripped(130)(folder);
          for (const form of ['130', '130.last']) rmSync(join(folder, 'checkpoints', form), { force: true });
        },
        'no checkpoint of 130 leaves was kept',
      ],
    ])('is not proven with %s', async (_, from, spoil, rule) => {
      const report = await checkFrom(copy(spoil), from);
      expect([report.verdict, report.rule]).toEqual(['incomplete', expect.stringContaining(rule)]);
    });

    it('is tampered with where an old leaf is another, or was written back after the first quorum', async () => {
      const other = copy((folder) => {
        stripped(130)(folder);
        changed('tile/entries/000', (b) => ((b[700]! ^= 1), b))(folder);
      });
      expect((await checkFrom(other, 130)).verdict).toBe('tampered');
      const at = 140;
      const late = sealed(
        events.map((event, index) => {
          if (index !== at) return event;
          const recordedAt = new Date((T0 + 60 * MINUTE) * 1_000).toISOString();
          return signedEvent({ ...event, metadata: { ...event.metadata, recordedAt, occurredAt: recordedAt } });
        }),
      );
      folders.push(late.folder);
      stripped(130)(late.folder);
      expect(await checkFrom(late.folder, 130)).toMatchObject({
        verdict: 'tampered',
        index: at,
        rule: expect.stringMatching(/^back-dated/) as unknown,
      });
    });
  });

  it(
    'shows where a bit was turned, wherever that was',
    async () => {
      const folder = copy(() => undefined);
      const paths = [
        'checkpoint',
        'checkpoints/0',
        'checkpoints/120',
        'checkpoints/120.last',
        'tile/0/000',
        'tile/0/001.p/44',
        'tile/1/000.p/1',
        'tile/entries/000',
        'tile/entries/001.p/44',
      ];
      let turned = 0;
      for (const path of paths) {
        const sound = readFileSync(join(folder, path));
        const leafAt = leavesOf(path, sound);
        const step = Math.ceil(sound.length / (EVERY_BYTE ? 30 : 3));
        for (let at = Math.floor(step / 2); at < sound.length; at += step) {
          writeFileSync(join(folder, path), turnedAt(sound, at));
          const report = await check(folder);
          expect([path, at, report.verdict]).not.toEqual([path, at, 'proven']);
          expect(report.rule).toBeTruthy();
          // What has no length any more is named by the first leaf of its file.
          if (leafAt && report.index !== leafAt(0)) expect([path, at, report.index]).toEqual([path, at, leafAt(at)]);
        }
        writeFileSync(join(folder, path), sound);
        if (!EVERY_BYTE) continue;
        turned += path.startsWith('tile/1') || !leafAt ? await allTurned(folder, path) : everyByteHeld(path);
        process.stderr.write(`${path}: a bit in each of ${sound.length} bytes, ${turned} in all\n`);
      }
      expect((await check(folder)).verdict).toBe('proven');
    },
    EVERY_BYTE ? 3_600_000 : 120_000,
  );
});

function turnedAt(sound: Buffer, at: number): Buffer {
  const bytes = Buffer.from(sound);
  bytes[at]! ^= 1 << (at % 7);
  return bytes;
}

/** Which leaf a byte of a file of the log is part of; undefined for a checkpoint, which is none's. */
function leavesOf(path: string, sound: Buffer): ((at: number) => number) | undefined {
  const first = path.includes('/001') ? 256 : 0;
  if (path.startsWith('tile/0')) return (at) => first + Math.floor(at / 32);
  if (path.startsWith('tile/1')) return (at) => Math.floor(at / 32) * 256;
  if (!path.startsWith('tile/entries')) return undefined;
  const leaves: number[] = [];
  for (let [begin, index] = [0, first]; begin < sound.length; index += 1) {
    const end = begin + 2 + sound.readUInt16BE(begin);
    for (let byte = begin; byte < end; byte += 1) leaves[byte] = index;
    begin = end;
  }
  return (at) => leaves[at]!;
}

/** A bit of each byte, by the whole check. */
async function allTurned(folder: string, path: string): Promise<number> {
  const sound = readFileSync(join(folder, path));
  for (let at = 0; at < sound.length; at += 1) {
    writeFileSync(join(folder, path), turnedAt(sound, at));
    const { verdict, rule } = await check(folder);
    if (verdict === 'proven' || !rule) throw new Error(`${path}: byte ${at} is not missed`);
  }
  writeFileSync(join(folder, path), sound);
  return sound.length;
}

/**
 * A bit of each byte of a bundle of entries or a tile of their hashes, by that part of the check alone which holds the two
 * against each other: reading all of the log for each of a quarter of a million bytes would take the day.
 */
function everyByteHeld(path: string): number {
  const name = path.replace(/^tile\/(0|entries)\//, '');
  const [bundle, hashes] = [`tile/entries/${name}`, `tile/0/${name}`].map((file) =>
    readFileSync(join(log.folder, file)),
  );
  const sound = path.startsWith('tile/0') ? hashes! : bundle!;
  const leafAt = leavesOf(path, sound)!;
  const width = hashes!.length / 32;
  for (let at = 0; at < sound.length; at += 1) {
    const spoilt = turnedAt(sound, at);
    const entries = parseEntries(sound === bundle ? spoilt : bundle!, width);
    if (!entries.ok) continue;
    const { wrongAt } = heldAgainst(entries.value, sound === hashes ? spoilt : hashes!);
    if (wrongAt !== leafAt(at) - leafAt(0)) throw new Error(`${path}: byte ${at} of leaf ${leafAt(at)}: ${wrongAt}`);
  }
  return sound.length;
}

describe('a log that was rebuilt and signed again', () => {
  it('shows each event that is back-dated, by the checkpoints that its witnesses saw in between', async () => {
    const recordedAt = T0 + 60 * MINUTE;
    const old = { ...stewardChange('lead-4', 20, recordedAt), stream: 'lead-4', revision: 20, position: '145' };
    const dated = sealed(events.with(144, signedEvent(old)));
    folders.push(dated.folder);
    const report = await check(dated.folder);
    expect([report.verdict, report.index, report.rule]).toEqual([
      'tampered',
      144,
      expect.stringMatching(/^back-dated/),
    ]);
  });
});

describe('a log that took the place of another, whose key was lost or known to others', () => {
  const next = noteSigner('log.example/next', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 9));
  const both = policyOf(`log ${formatVkey(next.key)}\n${policyText()}`);
  /** What its auditors held last. */
  const held = (path: string) => {
    const trusted = trustCheckpoint(readFileSync(join(log.folder, path)), both);
    if (!trusted.ok) throw new Error(trusted.problem);
    return [trusted.value];
  };
  /** From the same store, up to where the old one was; it takes over the checkpoints that the old one's witnesses saw. */
  const inItsPlace = (all: typeof events): WitnessedLog => {
    const anew = new WitnessedLog(next);
    folders.push(anew.folder);
    for (const event of all) anew.add(encodeLeaf(leafOf(event, anew.lastOf(event.stream))), event.stream);
    anew.publish(NOW);
    cpSync(join(log.folder, 'checkpoints'), join(anew.folder, 'checkpoints'), { recursive: true });
    anew.heartbeat(NOW + 1);
    return anew;
  };
  const NOW = T0 + SIZE * MINUTE;
  const fresh = recorded([{ ...stewardChange('lead-new', 0, NOW + MINUTE), stream: 'lead-new' }]);
  const checks = { eventKeys: EVENT_KEYS, policy: both };

  it('is shown to begin with the very same leaves, and when each of them came into the log', async () => {
    const anew = inItsPlace(events);
    anew.seal(fresh, NOW + MINUTE + 5);
    expect(await fsck(anew.folder, { ...checks, held: held('checkpoint') })).toMatchObject({
      verdict: 'proven',
      origin: next.key.name,
      size: SIZE + 1,
    });
    expect(await fsck(anew.folder, { ...checks, policy: policyOf(policyText()) })).toMatchObject({
      rule: 'checkpoint: its origin is none of the logs in the policy',
    });
    const bundle = Buffer.from(JSON.stringify(await leadBundle(anew.folder, anew.indexesOf('lead-3'))));
    const report = await auditBundle(bundle, { ...checks, log: anew.folder, held: held('checkpoints/120') });
    expect(report).toMatchObject({ verdict: 'proven', origin: next.key.name });
    const [first] = report.intervals ?? [];
    expect(Date.parse(first?.beginningSeen.notAfter ?? '')).toBeLessThan((T0 + 10 * MINUTE) * 1_000);
  });

  it('is found where it begins with anything else, or has less', async () => {
    const other = events.map((event, at) => (at === 144 ? signedEvent({ ...event, data: { nonce: 'x' } }) : event));
    const forged = inItsPlace(other).folder;
    expect(await fsck(forged, { ...checks, held: held('checkpoint') })).toMatchObject({
      verdict: 'tampered',
      rule: `the log does not begin with the ${SIZE} leaves that the log ${LOG.key.name} had`,
    });
    expect(await fsck(forged, checks)).toMatchObject({ verdict: 'tampered', index: 150 });
    const short = inItsPlace(events.slice(0, 200)).folder;
    expect(await fsck(short, { ...checks, held: held('checkpoint') })).toMatchObject({
      rule: `cut short: the log had ${SIZE} leaves and has 200`,
    });
  });
});

describe('a log without leaves', () => {
  const folderOf = (notes: Record<string, string>): string => {
    const folder = newTrailFolder();
    folders.push(folder);
    mkdirSync(join(folder, 'checkpoints'));
    for (const [path, note] of Object.entries(notes)) writeFileSync(join(folder, path), note);
    return folder;
  };
  const empty = new WitnessedLog();
  folders.push(empty.folder);
  /** Nobody but the log's key can make it: another root for no leaves. */
  const other = (root: Buffer) => {
    const note = signCheckpoint({ origin: LOG.key.name, size: 0, root, extensions: [] }, [LOG]);
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    return note + WITNESSES.map((witness) => formatSignatureLine(cosign(text, T0, witness))).join('');
  };

  it('is proven by the checkpoint of nothing, which its witnesses have cosigned and which is kept', async () => {
    const note = empty.cosigned(T0);
    expect(await check(folderOf({ checkpoint: note, 'checkpoints/0': note }))).toMatchObject({
      verdict: 'proven',
      size: 0,
      keptCheckpoints: 1,
    });
    const bare = note.replace(/— witness[^\n]*\n/g, '');
    expect(await check(folderOf({ checkpoint: note, 'checkpoints/0': bare }))).toMatchObject({
      verdict: 'incomplete',
      rule: 'unwitnessed: checkpoints/0 has not its quorum',
    });
  });

  it('is not proven with another root, be it of the last checkpoint, a kept one, or one of a log with leaves', async () => {
    const [note, forged] = [empty.cosigned(T0), other(Buffer.alloc(32, 7))];
    const rule = 'checkpoint: a tree of no leaves has another root';
    expect(await check(folderOf({ checkpoint: forged, 'checkpoints/0': note }))).toEqual({ verdict: 'tampered', rule });
    expect(await check(folderOf({ checkpoint: note, 'checkpoints/0': forged }))).toMatchObject({
      verdict: 'tampered',
      index: 0,
      rule: `checkpoints/0: ${rule}`,
    });
    expect(await check(copy(changed('checkpoints/0', () => forged)))).toMatchObject({
      verdict: 'tampered',
      index: 0,
      rule: `checkpoints/0: ${rule}`,
    });
    const held = trustCheckpoint(forged, policy);
    expect(held).toEqual({ ok: false, problem: rule });
  });
});

describe('a log beside its store', () => {
  const due = new Date((T0 + SIZE * MINUTE) * 1_000).toISOString();
  const different = async (all: typeof events) => {
    const store = new MemoryEventStore();
    for (const event of all)
      await store.append(event.stream, event.revision === 0 ? 'no-stream' : event.revision - 1, [event]);
    return compareWithStore(new TrailFolder(log.folder), SIZE, store, due);
  };

  it('has every event as a leaf, and every leaf’s event', async () => {
    expect(await different(events)).toBeUndefined();
  });

  it.each<[string, (all: typeof events) => typeof events, number | undefined, RegExp]>([
    ['data', (all) => all.with(7, { ...all[7]!, data: { nonce: 'x' } }), 7, /^dataHash/],
    [
      'metadata',
      (all) => all.with(7, { ...all[7]!, metadata: { ...all[7]!.metadata, commandId: 'x' } }),
      7,
      /^metaHash/,
    ],
    [
      'who did it',
      (all) =>
        all.with(7, {
          ...all[7]!,
          metadata: { ...all[7]!.metadata, actor: { kind: 'human', id: 'eve', role: 'sales' } },
        }),
      7,
      /^actor/,
    ],
    ['the type', (all) => all.with(7, { ...all[7]!, type: 'LeadWon.v1' }), 7, /^type/],
    ['an event less at the end', (all) => all.slice(0, -1), 299, /no event of this leaf/],
    ['an event more at the end', (all) => [...all, more], undefined, /has no leaf/],
    ['an event more within', (all) => [...all.slice(0, 9), more, ...all.slice(9)], 9, /and it has no leaf/],
  ])('is shown where they differ: %s', async (_, spoil, index, rule) => {
    const found = await different(spoil([...events]));
    expect([found?.index, found?.rule]).toEqual([index, expect.stringMatching(rule)]);
  });
  const more = { ...events[0]!, ...stewardChange('lead-x', 0, T0), stream: 'lead-x', revision: 0 };
});
