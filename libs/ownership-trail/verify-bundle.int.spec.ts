import { rmSync } from 'node:fs';
import { encodeLeaf, leafOf } from '../contracts/leaf.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import { auditBundle, type AuditBundleOptions, type BundleReport } from './audit-bundle.js';
import { parseBundle, type TrailBundle } from './bundle-format.js';
import { parseHeld } from './held-checkpoints.js';
import { leadBundle } from './lead-bundle.js';
import {
  EVENT_KEYS,
  policyOf,
  policyText,
  recorded,
  signedEvent,
  stewardChange,
  WitnessedLog,
} from './witnessed-log.spec-kit.js';

const T0 = 1_700_000_000;
const HOUR = 3_600;
const LEADS = ['lead-a', 'lead-b', 'lead-c'];
const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();

/** An hour per revision: all leads change hands, the log is sealed ten seconds later and cosigned again after half an hour. */
const events = recorded(
  Array.from({ length: 36 }, (_, at) => {
    const [stream, revision] = [LEADS[at % 3]!, Math.floor(at / 3)];
    const recordedAt = T0 + revision * HOUR;
    return { ...stewardChange(stream, revision, recordedAt, revision === 7 ? recordedAt - 3_000 : recordedAt), stream };
  }),
);
const policy = policyOf(policyText());
const checks: AuditBundleOptions = { policy, eventKeys: EVENT_KEYS };

let log: WitnessedLog;
let bundle: TrailBundle;
const bytesOf = (one: object): Buffer => Buffer.from(JSON.stringify(one));
const audit = (one: object = bundle, more: Partial<AuditBundleOptions> = {}): Promise<BundleReport> =>
  auditBundle(bytesOf(one), { ...checks, ...more });

const folders: string[] = [];
function logOf(all: typeof events, until = 12): WitnessedLog {
  const made = new WitnessedLog();
  folders.push(made.folder);
  made.publish(T0 - HOUR);
  for (let hour = 0; hour < until; hour += 1) {
    made.heartbeat(T0 + hour * HOUR - 1_800);
    made.seal(all.slice(hour * 3, hour * 3 + 3), T0 + hour * HOUR + 10);
  }
  return made;
}

beforeAll(async () => {
  log = logOf(events);
  bundle = await leadBundle(log.folder, log.indexesOf('lead-b'));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('a bundle', () => {
  it('proves each owner with the time at which the witnesses saw it begin and end, but not that nothing is left out', async () => {
    const report = await audit();
    expect(report).toMatchObject({
      verdict: 'incomplete',
      doubts: [expect.stringMatching(/^not shown to be complete/)],
      stream: 'lead-b',
      leaves: 12,
      complete: 'not shown',
      quorum: 'met',
      quarantined: [],
      declaredLate: [22],
    });
    expect(report.intervals?.[3]).toMatchObject({
      role: 'steward',
      owner: { team: 'north', person: 'ann' },
      from: iso(T0 + 3 * HOUR),
      index: 10,
      endedIndex: 13,
      beginningSeen: { notBefore: iso(T0 + 3 * HOUR - 1_800), notAfter: iso(T0 + 3 * HOUR + 11) },
      endSeen: { notBefore: iso(T0 + 4 * HOUR - 1_800), notAfter: iso(T0 + 4 * HOUR + 11) },
    });
    expect(report.intervals?.at(-1)).not.toHaveProperty('endSeen');
  });

  it('is complete once the whole log was read', async () => {
    expect(await audit(bundle, { log: log.folder })).toMatchObject({ verdict: 'proven', complete: 'shown', newer: 0 });
  });

  it('says how many leaves came after it, and is the same for whoever asks', async () => {
    const older = await leadBundle(logOf(events, 8).folder, log.indexesOf('lead-b'));
    expect(older.leaves).toHaveLength(8);
    expect(await audit(older, { log: log.folder })).toMatchObject({ verdict: 'proven', leaves: 8, newer: 4 });
  });

  it('is of any stream and of whatever the last checkpoint covers', async () => {
    const one = await leadBundle(log.folder, [0, 3, 36, 91]);
    expect(one).toMatchObject({ stream: 'lead-a', leaves: [{ index: 0, before: 0, after: 3 }, { index: 3 }] });
    await expect(leadBundle(log.folder, [36])).rejects.toThrow(RangeError);
    await expect(leadBundle(log.folder, [0, 1])).rejects.toThrow(/of one stream/);
  });

  it('shows nothing that rests on witnesses where the policy asks for none, or is not met, or not lately', async () => {
    const verdictOf = async (more: Partial<AuditBundleOptions>) => {
      const { verdict, doubts } = await audit(bundle, { log: log.folder, ...more });
      return [verdict, ...(doubts ?? [])];
    };
    const none = policyOf(policyText(false));
    expect(await verdictOf({ policy: none })).toEqual(['incomplete', 'unwitnessed: the policy asks for no quorum']);
    const head = T0 + 11 * HOUR + 10;
    expect(await verdictOf({ asOf: head + 60, maxAge: 60 })).toEqual(['proven']);
    expect(await verdictOf({ asOf: head + 61, maxAge: 60 })).toEqual(['incomplete', 'stale: older than 60 seconds']);
  });
});

/** The bundle with something else in its place. */
type Loose = {
  -readonly [K in keyof TrailBundle]: TrailBundle[K] extends readonly (infer T)[]
    ? { -readonly [M in keyof T]: T[M] }[]
    : TrailBundle[K];
};
const spoilt = (spoil: (copy: Loose) => unknown): Loose => {
  const copy = structuredClone(bundle) as Loose;
  spoil(copy);
  return copy;
};
/** Another letter in a place of a base64 text. */
const turned = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
/** One bit in so many bytes is turned; BATON_EVERY_BYTE=1 turns one in each. */
const EVERY = process.env.BATON_EVERY_BYTE === '1' ? 1 : 149;

describe('a bundle that was touched', () => {
  it.each<[string, (copy: Loose) => unknown, number | undefined, RegExp]>([
    ['a leaf left out in the middle', (b) => b.leaves.splice(4, 1), 16, /revision 5 follows 3/],
    ['the first leaf left out', (b) => [b.leaves.shift(), b.checkpoints.shift()], 4, /begins with revision 1/],
    ['two leaves that changed places', (b) => b.leaves.splice(1, 2, b.leaves[2]!, b.leaves[1]!), 4, /do not rise/],
    ['a leaf doubled', (b) => b.leaves.splice(1, 0, b.leaves[1]!), 4, /do not rise/],
    ['another index', (b) => (b.leaves[2]!.index = 6), 6, /of another index/],
    ['another stream', (b) => (b.stream = 'lead-a'), 1, /of another stream/],
    ['a checkpoint taken away', (b) => b.checkpoints.splice(3, 1), undefined, /is missing/],
    ['checkpoints that changed places', (b) => b.checkpoints.reverse(), undefined, /do not rise/],
    [
      'a checkpoint of another size',
      (b) => (b.checkpoints[2]!.first = b.checkpoints[3]!.first),
      undefined,
      /another size/,
    ],
    [
      'a kept root',
      (b) => (b.checkpoints[2]!.first = b.checkpoints[2]!.first.replace(/\n6\n./, '\n6\n!')),
      undefined,
      /of 6 leaves: checkpoint/,
    ],
    [
      'the time of a cosignature',
      (b) => (b.checkpoints[2]!.last = turned(b.checkpoints[2]!.last!, b.checkpoints[2]!.last!.indexOf('w3 ') + 18)),
      undefined,
      /invalid signature by witness/,
    ],
    [
      'a consistency proof',
      (b) => (b.checkpoints[2]!.proof = [turned(b.checkpoints[2]!.proof[0]!, 3), ...b.checkpoints[2]!.proof.slice(1)]),
      undefined,
      /does not continue it/,
    ],
    [
      'a consistency proof too short',
      (b) => (b.checkpoints[2]!.proof = b.checkpoints[2]!.proof.slice(1)),
      undefined,
      /does not continue it/,
    ],
    [
      'an inclusion proof too short',
      (b) => (b.leaves[3]!.proof = b.leaves[3]!.proof.replace(/(index 10\n)[^\n]*\n/, '$1')),
      10,
      /not in the tree/,
    ],
    [
      'an inclusion proof too long',
      (b) => (b.leaves[3]!.proof = b.leaves[3]!.proof.replace(/(index 10\n)([^\n]*\n)/, '$1$2$2')),
      10,
      /not in the tree/,
    ],
    [
      'a leaf beyond the tree',
      (b) => [
        (b.leaves[11]!.index = 900),
        (b.leaves[11]!.proof = b.leaves[11]!.proof.replace('index 34', 'index 900')),
      ],
      900,
      /has no such leaf/,
    ],
    [
      'the checkpoint before exchanged for one with it',
      (b) => (b.leaves[3]!.before = b.leaves[4]!.before!),
      10,
      /is not without it|no leaf names it/,
    ],
    [
      'the checkpoint after exchanged for one without it',
      (b) => (b.leaves[3]!.after = b.leaves[3]!.before!),
      10,
      /not one with it/,
    ],
    [
      'the final checkpoint',
      (b) => (b.checkpoint = b.checkpoint.replace('\n36\n', '\n37\n')),
      undefined,
      /invalid signature by log/,
    ],
    ['a member that the format has not', (b) => Object.assign(b, { note: 'trust me' }), undefined, /not part of it/],
    ['a leaf with a member more', (b) => Object.assign(b.leaves[0]!, { rev: 0 }), undefined, /not part of it/],
    ['another format', (b) => ((b as { format: string }).format = 'baton-bundle-v2'), undefined, /format/],
    ['no leaves', (b) => [(b.leaves = []), (b.checkpoints = [])], 0, /has no leaves/],
  ])('is refused, and what is wrong is named: %s', async (_, spoil, index, rule) => {
    const report = await audit(spoilt(spoil));
    expect([report.verdict, report.index, report.rule]).toEqual(['tampered', index, expect.stringMatching(rule)]);
  });

  it(
    'never proves anything else with any bit turned, whichever it is',
    async () => {
      const whole = bytesOf(bundle);
      const sound = await audit();
      for (let at = 0; at < whole.length; at += EVERY) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << (at % 7);
        const report = await auditBundle(bytes, checks);
        if (report.verdict === 'tampered') expect(report.rule).toBeTruthy();
        // A cosignature that names another key is none: then that it is missing is said.
        else expect([at, report.doubts?.length]).toEqual([at, (sound.doubts?.length ?? 0) + 1]);
      }
      if (EVERY === 1) process.stderr.write(`a bit in each of a bundle’s ${whole.length} bytes\n`);
    },
    EVERY === 1 ? 3_600_000 : 60_000,
  );

  it('is refused with a key twice, over its size, and nested too deep', async () => {
    const text = JSON.stringify(bundle);
    const twice = Buffer.from(text.replace('"stream":', '"stream":"lead-x","stream":'));
    expect(await auditBundle(twice, checks)).toMatchObject({
      verdict: 'tampered',
      rule: expect.stringMatching(/twice/) as unknown,
    });
    expect(parseBundle(Buffer.alloc(64 * 1024 * 1024 + 1)).ok).toBe(false);
    expect(parseBundle(Buffer.from('{"a":'.repeat(10_000))).ok).toBe(false);
  });

  it('says that cosignatures or a whole checkpoint were taken out, for then its times are wider', async () => {
    const stripped = spoilt((b) => {
      const kept = b.checkpoints.find(({ size }) => size === 9)!;
      kept.first = kept.first.replace(/— witness[^\n]*\n/, '');
    });
    expect((await audit(stripped, { log: log.folder })).doubts).toEqual([
      'unwitnessed: the kept checkpoint of 9 leaves has not its quorum',
    ]);
    const open = spoilt((b) => {
      b.leaves[0]!.before = null;
      b.checkpoints.shift();
    });
    expect((await audit(open, { log: log.folder })).doubts).toEqual(['no kept checkpoint is without leaf 1']);
    // Unless the auditor was told that witnesses were named later: of the leaves before, nobody says when they came in.
    const told = async (one: object, witnessedFrom: number) => {
      const { verdict, doubts, intervals } = await audit(one, { log: log.folder, witnessedFrom });
      return [verdict, doubts, intervals?.[0]?.beginningSeen.notBefore];
    };
    expect(await told(open, 2)).toEqual(['proven', undefined, undefined]);
    expect(await told(open, 1)).toEqual(['incomplete', ['no kept checkpoint is without leaf 1'], undefined]);
    expect((await told(stripped, 12))[0]).toBe('proven');
    expect((await told(stripped, 9)).slice(0, 2)).toEqual([
      'incomplete',
      ['unwitnessed: the kept checkpoint of 9 leaves has not its quorum'],
    ]);
  });
});

describe('an event that was not written as it should be', () => {
  const sealed = async (change: (all: typeof events) => void) => {
    const all = [...events];
    change(all);
    const bad = logOf(all);
    return { bad, report: await audit(await leadBundle(bad.folder, bad.indexesOf('lead-b'))) };
  };
  const stranger = noteSigner('events.example/other', 1, Buffer.alloc(32, 99));

  it.each<[string, (event: (typeof events)[number]) => (typeof events)[number], RegExp]>([
    [
      'without a signature',
      ({ metadata: { sig: _, ...metadata }, ...event }) => ({ ...event, metadata }),
      /is not signed/,
    ],
    ['signed by a key that nobody knows', (event) => signedEvent(event, stranger), /key that is not known/],
    [
      'with another event’s signature',
      (event) => ({ ...event, metadata: { ...event.metadata, sig: events[0]!.metadata['sig']! } }),
      /is not that of the event/,
    ],
    ['changed after it was signed', (event) => ({ ...event, data: { nonce: 'another' } }), /is not that of the event/],
  ])('is named: %s', async (_, change, rule) => {
    const { report } = await sealed((all) => (all[22] = change(all[22]!)));
    expect([report.verdict, report.index, report.rule]).toEqual(['tampered', 22, expect.stringMatching(rule)]);
  });

  it('is flagged, not refused, where it was sealed by a quarantine', async () => {
    const made = new WitnessedLog();
    folders.push(made.folder);
    made.publish(T0 - HOUR);
    made.seal(events.slice(0, 2), T0 + 10);
    const { sig: _, ...metadata } = events[4]!.metadata;
    const prev = JSON.parse(log.leaves[4]!.toString()) as { prev: string };
    const leaf = { ...leafOf({ ...events[4]!, metadata }, prev.prev), quarantined: true as const };
    made.add(encodeLeaf(leaf), 'lead-b');
    made.publish(T0 + HOUR + 10);
    const report = await audit(await leadBundle(made.folder, made.indexesOf('lead-b')), { log: made.folder });
    expect(report).toMatchObject({
      verdict: 'incomplete',
      doubts: ['leaf 2 was sealed by a quarantine, and the log holds no decision of two people for it'],
      quarantined: [2],
    });
  });

  it('is flagged as back-dated when the witnesses saw the log without it long after it claims to have been recorded', async () => {
    const dated = { ...stewardChange('lead-b', 7, T0 + 6 * HOUR + 60), stream: 'lead-b', revision: 7, position: '23' };
    const { report, bad } = await sealed((all) => (all[22] = signedEvent(dated)));
    expect(report).toMatchObject({
      verdict: 'tampered',
      index: 22,
      rule: expect.stringMatching(/^back-dated/) as unknown,
    });
    // Whoever allows for clocks that far apart is told so by nobody else.
    const bundle = await leadBundle(bad.folder, bad.indexesOf('lead-b'));
    expect(await audit(bundle, { skew: 2 * HOUR })).toMatchObject({ verdict: 'incomplete' });
  });

  it('is flagged as post-dated when they saw it before', async () => {
    const dated = { ...stewardChange('lead-b', 11, T0 + 13 * HOUR), stream: 'lead-b', revision: 11, position: '35' };
    const { report } = await sealed((all) => (all[34] = signedEvent(dated)));
    expect(report).toMatchObject({
      verdict: 'tampered',
      index: 34,
      rule: expect.stringMatching(/^post-dated/) as unknown,
    });
  });
});

describe('a bundle beside what else is known', () => {
  /** The same leads under the same keys, but in the tenth hour lead-b went another way. */
  const forked = () =>
    logOf(events.map((event, at) => (at < 15 ? event : signedEvent({ ...event, data: { nonce: `forked ${at}` } }))));
  const held = (bytes: Uint8Array) => {
    const read = parseHeld(bytes, policy);
    if (!read.ok) throw new Error(read.problem);
    return read.value;
  };

  it('is a split view where another bundle’s checkpoints do not fit', async () => {
    const other = forked();
    const theirs = bytesOf(await leadBundle(other.folder, other.indexesOf('lead-c')));
    const report = await audit(bundle, { held: held(theirs) });
    expect(report).toMatchObject({
      verdict: 'tampered',
      rule: expect.stringMatching(/^split view: the log has signed two trees/) as unknown,
    });
  });

  it('is a split view where the log does not continue what was held, of whatever size', async () => {
    const shorter = logOf(
      events.map((event, at) => (at < 9 ? event : signedEvent({ ...event, data: { nonce: 'x' } }))),
      11,
    );
    const checkpoint = held(Buffer.from(shorter.cosigned(T0 + 11 * HOUR)));
    const alone = await audit(
      spoilt((b) => b),
      { held: checkpoint },
    );
    expect(alone.rule).toMatch(/^split view: the log has signed two trees of 33 leaves/);
    const apart = new WitnessedLog();
    folders.push(apart.folder);
    apart.seal(events.slice(3, 7), T0);
    const four = held(Buffer.from(apart.cosigned(T0)));
    expect((await audit(bundle, { held: four })).doubts).toContainEqual(
      expect.stringMatching(/continue the 4 leaves held before/),
    );
    expect(await audit(bundle, { held: four, log: log.folder })).toMatchObject({
      verdict: 'tampered',
      rule: expect.stringMatching(/^split view: the log of 36/) as unknown,
    });
  });

  it('is incomplete where the log has leaves of its stream that it leaves out, or was cut short itself', async () => {
    const short = await leadBundle(log.folder, log.indexesOf('lead-b').slice(0, 8));
    expect(await audit(short)).toMatchObject({ verdict: 'incomplete', leaves: 8 });
    expect(await audit(short, { log: log.folder })).toMatchObject({
      verdict: 'tampered',
      index: 25,
      rule: expect.stringMatching(/leaves out/) as unknown,
    });
    expect(await audit(bundle, { log: logOf(events, 8).folder })).toMatchObject({
      verdict: 'tampered',
      rule: expect.stringMatching(/^cut short/) as unknown,
    });
  });

  it('is held against the store, both ways', async () => {
    const storeOf = async (all: readonly (typeof events)[number][]) => {
      const store = new MemoryEventStore();
      for (const event of all)
        await store.append(event.stream, event.revision === 0 ? 'no-stream' : event.revision - 1, [event]);
      return store;
    };
    const late = recorded([
      ...events.filter(({ stream }) => stream === 'lead-b'),
      { ...stewardChange('lead-b', 12, T0 + 10 * HOUR), stream: 'lead-b' },
    ]);
    expect(await audit(bundle, { store: await storeOf(events), log: log.folder })).toMatchObject({ verdict: 'proven' });
    const changed = events.map((event, at) => (at === 22 ? { ...event, data: { nonce: 'another' } } : event));
    expect(await audit(bundle, { store: await storeOf(changed) })).toMatchObject({
      index: 22,
      rule: 'dataHash is not that of the event in the store',
    });
    const claimed = events.map((event, at) =>
      at === 22 ? { ...event, metadata: { ...event.metadata, commandId: 'x' } } : event,
    );
    expect(await audit(bundle, { store: await storeOf(claimed) })).toMatchObject({
      index: 22,
      rule: 'metaHash is not that of the event in the store',
    });
    const lost = events.filter(({ stream, revision }) => stream !== 'lead-b' || revision < 10);
    expect(await audit(bundle, { store: await storeOf(lost) })).toMatchObject({
      index: 31,
      rule: 'the store has no event of this leaf',
    });
    expect(await audit(bundle, { store: await storeOf(late) })).toMatchObject({
      verdict: 'tampered',
      rule: `event ${late.at(-1)!.id} has no leaf`,
    });
  });
});
