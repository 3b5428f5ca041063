import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafOf } from '../contracts/leaf.js';
import type { EventSignature } from '../contracts/event-signature.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { auditReceipts } from './audit-receipts.js';
import { LogMonitor, type MonitorOptions } from './log-monitor.js';
import { MonitorMemory } from './monitor-memory.js';
import type { Receipt } from '../contracts/receipt.js';
import { parseReceipts } from './receipts.js';
import { TrailFolder } from './trail-folder.js';
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
const MINUTE = 60;
/** Seven leads in turns, an event a minute. */
const events = recorded(
  Array.from({ length: 600 }, (_, at) => {
    const stream = `lead-${at % 7}`;
    return { ...stewardChange(stream, Math.floor(at / 7), T0 + at * MINUTE), stream };
  }),
);
const temporary: string[] = [];
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-monitor-'));
  temporary.push(folder);
  return folder;
};

/** A log that is sealed up to an event, ten seconds after it was recorded. */
class Trail {
  readonly log = new WitnessedLog();
  constructor(readonly all: readonly RecordedEvent[] = events) {
    temporary.push(this.log.folder);
  }
  upTo(count: number): this {
    this.log.seal(this.all.slice(this.log.size, count), nowAt(count));
    return this;
  }
}
/** Ten seconds after the last of so many events. */
const nowAt = (count: number): number => T0 + (count - 1) * MINUTE + 10;

async function storeOf(all: readonly RecordedEvent[]): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  for (const event of all)
    await store.append(event.stream, event.revision === 0 ? 'no-stream' : event.revision - 1, [event]);
  return store;
}

const opened = (folder: string, memory: string, more: Partial<MonitorOptions> = {}): Promise<LogMonitor> =>
  LogMonitor.open({
    log: new TrailFolder(folder),
    memory: new MonitorMemory(memory),
    policy: policyOf(policyText()),
    eventKeys: EVENT_KEYS,
    skew: MINUTE,
    fullEvery: 86_400,
    ...more,
  });

/** The receipt that whoever wrote the event was answered. */
function receiptOf(event: RecordedEvent): Receipt {
  const { sig, ...leaf } = leafOf(event, undefined);
  return { leaf, signature: sig as EventSignature };
}

describe('a monitor', () => {
  it('follows a log that only grows, from its first leaf, with store and receipts', async () => {
    const [trail, memory] = [new Trail().upTo(100), newFolder()];
    const store = await storeOf(events);
    const receipts = [events[20]!, events[400]!].map(receiptOf);
    const monitor = await opened(trail.log.folder, memory, { store, receipts });
    expect(await monitor.look(nowAt(100))).toMatchObject({ verdict: 'proven', added: 100, full: true, size: 100 });
    expect(await monitor.look(nowAt(100) + 5)).toMatchObject({ verdict: 'proven', added: 0, full: false });
    for (const size of [256, 257, 511, 600]) {
      trail.upTo(size);
      expect(await monitor.look(nowAt(size))).toMatchObject({ verdict: 'proven', size, full: false });
    }
  });

  it('goes on where it was after a restart, and begins anew only where it must', async () => {
    const [trail, memory] = [new Trail().upTo(300), newFolder()];
    const first = await opened(trail.log.folder, memory);
    await first.look(nowAt(300));
    await first.keepProgress();
    trail.upTo(400);
    const second = await opened(trail.log.folder, memory);
    expect(await second.look(nowAt(400))).toMatchObject({ verdict: 'proven', added: 100, full: false });
    // What it had learnt is lost but for the checkpoint: all is read again.
    writeFileSync(join(memory, 'progress.ndjson'), '{"version":1,"str');
    const third = await opened(trail.log.folder, memory);
    expect(await third.look(nowAt(400) + 5)).toMatchObject({ verdict: 'proven', added: 400, full: true });
    expect(await third.look(nowAt(400) + 86_405)).toMatchObject({ added: 400, full: true });
  });

  it('says that a log is stale or unwitnessed, and goes on', async () => {
    const [trail, memory] = [new Trail().upTo(10), newFolder()];
    const monitor = await opened(trail.log.folder, memory, { maxAge: 60 });
    expect(await monitor.look(nowAt(10) + 30)).toMatchObject({ verdict: 'proven' });
    expect(await monitor.look(nowAt(10) + 90)).toMatchObject({
      verdict: 'incomplete',
      rule: 'stale: older than 60 seconds',
    });
    const none = await opened(trail.log.folder, newFolder(), { policy: policyOf(policyText(false)) });
    expect((await none.look(nowAt(10))).rule).toMatch(/^unwitnessed/);
  });
});

describe('a monitor finds', () => {
  /** What a monitor that believed 300 leaves says of the log that is there then. */
  async function after(
    spoil: (trail: Trail, folder: string) => void | Promise<void>,
    more: Partial<MonitorOptions> = {},
    at = 400,
  ) {
    const [trail, memory] = [new Trail().upTo(300), newFolder()];
    const monitor = await opened(trail.log.folder, memory, more);
    expect((await monitor.look(nowAt(300))).verdict).toBe('proven');
    await spoil(trail, trail.log.folder);
    return { ...(await monitor.look(nowAt(at))), memory };
  }
  const replaceBy = (other: Trail, folder: string): void => {
    rmSync(folder, { recursive: true });
    cpSync(other.log.folder, folder, { recursive: true });
  };

  it('a log that was cut short, with both checkpoints as evidence', async () => {
    const report = await after((_, folder) => replaceBy(new Trail().upTo(280), folder));
    expect(report).toMatchObject({ verdict: 'tampered', rule: 'cut short: the log had 300 leaves and has 280' });
    const [file = ''] = readdirSync(join(report.memory, 'evidence'));
    const evidence = JSON.parse(readFileSync(join(report.memory, 'evidence', file), 'utf8')) as Record<string, string>;
    expect(evidence['believed']).toMatch(/\n300\n[^]*— witness/);
    expect(evidence['found']).toMatch(/\n280\n/);
    // It still believes what it believed.
    expect(readFileSync(join(report.memory, 'checkpoint'), 'utf8')).toMatch(/\n300\n/);
  });

  const other = (from: number) =>
    events.map((event, at) => (at < from ? event : signedEvent({ ...event, data: { nonce: `other ${at}` } })));
  it.each([
    ['of the same size', 300, /^split view: the log has signed two trees of 300 leaves/],
    ['that grew', 350, /^split view: the log of 350 leaves does not continue the one of 300/],
  ])('a log that was rebuilt and signed again, %s', async (_, size, rule) => {
    const report = await after((_, folder) => replaceBy(new Trail(other(200)).upTo(size), folder));
    expect([report.verdict, report.rule]).toEqual(['tampered', expect.stringMatching(rule)]);
  });

  it.each<[string, readonly RecordedEvent[], number, RegExp]>([
    [
      'two leaves of a stream that changed places',
      [...events.slice(0, 320), events[327]!, ...events.slice(321, 327), events[320]!, ...events.slice(328)],
      320,
      /revision 46 follows 44/,
    ],
    [
      'a leaf that is there twice',
      [...events.slice(0, 320), events[319]!, ...events.slice(320)],
      320,
      /revision 45 follows 45/,
    ],
    ['a leaf that is left out', [...events.slice(0, 320), ...events.slice(321)], 326, /revision 46 follows 44/],
    [
      'an event that nobody signed',
      events.map((event, at) =>
        at === 333 ? { ...event, metadata: { ...event.metadata, sig: events[0]!.metadata['sig']! } } : event,
      ),
      333,
      /is not that of the event/,
    ],
  ])('%s', async (_, all, index, rule) => {
    const report = await after((trail) => {
      Object.assign(trail, { all });
      trail.upTo(400);
    });
    expect([report.verdict, report.index, report.rule]).toEqual(['tampered', index, expect.stringMatching(rule)]);
  });

  it('a back-dated event, by its own clock and with no witness', async () => {
    const dated = events.map((event, at) =>
      at < 350
        ? event
        : signedEvent({
            ...event,
            metadata: {
              ...event.metadata,
              recordedAt: new Date((T0 + 250 * MINUTE) * 1_000).toISOString(),
              occurredAt: new Date((T0 + 250 * MINUTE) * 1_000).toISOString(),
            },
          }),
    );
    const [trail, memory] = [new Trail(dated).upTo(300), newFolder()];
    const monitor = await opened(trail.log.folder, memory, { policy: policyOf(policyText(false)) });
    await monitor.look(nowAt(300));
    trail.upTo(400);
    expect(await monitor.look(nowAt(400))).toMatchObject({
      verdict: 'tampered',
      index: 350,
      rule: expect.stringMatching(/^back-dated/) as unknown,
    });
  });

  it.each<[string, string, (bytes: Buffer) => Buffer, RegExp]>([
    [
      'a bit of a new entry',
      'tile/entries/001.p/144',
      (bytes) => turnedBit(bytes, bytes.length - 40),
      /entry is not the leaf/,
    ],
    ['a bit of a new leaf hash', 'tile/0/001.p/144', (bytes) => turnedBit(bytes, 100 * 32), /entry is not the leaf/],
    [
      'a bit of a tile above',
      'tile/1/000.p/1',
      (bytes) => turnedBit(bytes, 3),
      /tiles do not hash|is not what the leaves hash to/,
    ],
    ['a bundle cut short', 'tile/entries/001.p/144', (bytes) => bytes.subarray(0, -1), /ends within entry/],
    [
      'a checkpoint’s root',
      'checkpoint',
      (bytes) => Buffer.from(bytes.toString().replace(/\n400\n./, '\n400\n/')),
      /invalid signature|32 bytes/,
    ],
    [
      'a checkpoint’s size',
      'checkpoint',
      (bytes) => Buffer.from(bytes.toString().replace('\n400\n', '\n401\n')),
      /invalid signature/,
    ],
  ])('%s', async (_, path, spoil, rule) => {
    const report = await after((trail, folder) => {
      trail.upTo(400);
      writeFileSync(join(folder, path), spoil(readFileSync(join(folder, path))));
    });
    expect([report.verdict, report.rule]).toEqual(['tampered', expect.stringMatching(rule)]);
  });

  it.each<[string, (all: RecordedEvent[]) => RecordedEvent[], number | undefined, RegExp]>([
    ['data that was changed', (all) => all.with(350, { ...all[350]!, data: { nonce: 'x' } }), 350, /dataHash is not/],
    [
      'an event that was taken out',
      (all) => all.filter(({ stream, revision }) => stream !== 'lead-3' || revision < 50),
      353,
      /no event of this leaf/,
    ],
    ['a store that was cut short', (all) => all.slice(0, 380), 380, /no event of this leaf/],
    [
      'an event that was put in',
      (all) => [...all.slice(0, 350), putIn, ...all.slice(350)],
      350,
      /before that of this leaf, and it has no leaf/,
    ],
    [
      'an event that never got its leaf',
      (all) => [...all.slice(0, 400), putIn, ...all.slice(400)],
      undefined,
      /has no leaf/,
    ],
  ])('a store that is not its log’s: %s', async (_, spoil, index, rule) => {
    const store = await storeOf(spoil([...events]));
    const report = await after((trail) => void trail.upTo(400), { store });
    expect([report.verdict, report.index, report.rule]).toEqual(['tampered', index, expect.stringMatching(rule)]);
  });
  const putIn = { ...events[0]!, ...stewardChange('lead-x', 0, T0), stream: 'lead-x', revision: 0 };

  it('what was changed in leaves that it had seen, when it next reads all of the log', async () => {
    const [trail, memory] = [new Trail().upTo(300), newFolder()];
    const monitor = await opened(trail.log.folder, memory, { fullEvery: 600 });
    await monitor.look(nowAt(300));
    const file = join(trail.log.folder, 'tile/entries/000');
    writeFileSync(file, turnedBit(readFileSync(file), 100));
    expect(await monitor.look(nowAt(300) + 599)).toMatchObject({ verdict: 'proven' });
    expect(await monitor.look(nowAt(300) + 601)).toMatchObject({ verdict: 'tampered', index: 0 });
  });

  it('an event that was acknowledged and never sealed, or sealed as another', async () => {
    const acknowledged = signedEvent({
      ...events[350]!,
      ...stewardChange('lead-y', 0, T0 + 350 * MINUTE),
      stream: 'lead-y',
      revision: 0,
    });
    const receipts = [receiptOf(acknowledged)];
    expect(await after((trail) => void trail.upTo(400), { receipts })).toMatchObject({
      rule: `omitted: event ${acknowledged.id} has a receipt and no leaf`,
    });
    const changed = [receiptOf(signedEvent({ ...events[350]!, data: { nonce: 'as it was acknowledged' } }))];
    expect(await after((trail) => void trail.upTo(400), { receipts: changed })).toMatchObject({
      index: 350,
      rule: 'the leaf is not the one that a receipt was given for',
    });
  });
});
const turnedBit = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
};

describe('receipts', () => {
  const audit = (receipts: readonly Receipt[], folder: string, asOf?: number, witnessed = true) =>
    auditReceipts(receipts, {
      policy: policyOf(policyText(witnessed)),
      eventKeys: EVENT_KEYS,
      log: folder,
      skew: MINUTE,
      ...(asOf === undefined ? {} : { asOf }),
    });

  it('are kept by the leaf, or prove an omission once witnesses saw the log later than that', async () => {
    const { folder } = new Trail().upTo(100).log;
    expect(await audit([receiptOf(events[42]!)], folder)).toMatchObject({ verdict: 'proven', sealed: [{ index: 42 }] });
    const early = signedEvent({
      ...events[98]!,
      ...stewardChange('lead-z', 0, T0 + 50 * MINUTE),
      stream: 'lead-z',
      revision: 0,
    });
    expect(await audit([receiptOf(early)], folder)).toMatchObject({
      verdict: 'tampered',
      rule: expect.stringMatching(/^omitted/) as unknown,
    });
    expect(await audit([receiptOf(events[100]!)], folder)).toMatchObject({ verdict: 'incomplete' });
    // Without witnesses it is up to whoever got the log to say when.
    expect(await audit([receiptOf(early)], folder, undefined, false)).toMatchObject({ verdict: 'incomplete' });
    expect(await audit([receiptOf(early)], folder, T0 + 60 * MINUTE, false)).toMatchObject({ verdict: 'tampered' });
  });

  it('are read one, in lines, or from an answer, and only where a known key signed them', () => {
    const [one, two] = [receiptOf(events[1]!), receiptOf(events[2]!)];
    const read = (text: string) => parseReceipts(Buffer.from(text), EVENT_KEYS);
    const counts = [
      JSON.stringify(one),
      `${JSON.stringify(one)}\n${JSON.stringify(two)}\n`,
      JSON.stringify({ receipts: [one, two] }),
      JSON.stringify({ receipts: [{ id: 'of another kind' }], events: [{ receipt: one }] }),
      JSON.stringify({ events: [{ receipt: one }], contactEvents: [{ receipt: two }] }),
      JSON.stringify({ verdicts: [{ events: [{ receipt: one }] }, { problem: {} }, { events: [{ receipt: two }] }] }),
    ].map((text) => {
      const receipts = read(text);
      return receipts.ok && receipts.value.length;
    });
    expect(counts).toEqual([1, 2, 2, 1, 2, 2]);
    const forged = { ...one, leaf: { ...one.leaf, recordedAt: '2030-01-01T00:00:00.000Z' } };
    for (const [text, problem] of [
      [JSON.stringify(forged), /receipt 1: the signature is not that of the event/],
      [JSON.stringify({ leaf: one.leaf }), /receipt 1: has not a leaf and a signature/],
      ['{"leaf":', /receipt 1: is not JSON/],
      ['null', /receipt 1: is not JSON/],
      ['{"events":[{"id":"x"}]}', /receipt 1: has not a leaf and a signature/],
      ['', /there are none/],
    ] as const)
      expect(read(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) as unknown });
  });
});
