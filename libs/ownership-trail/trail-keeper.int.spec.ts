import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { leafBodyHash, quarantinedLeaf } from '../contracts/leaf.js';
import type { JsonObject } from '../decider/json.js';
import { testEventKeys, testNoteSigner, testSigner } from '../event-signing/event-signing.spec-kit.js';
import type { EventStore, NewEvent, RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { everything } from '../event-store/opened-store.spec-kit.js';
import { formatVkey } from '../transparency-log/note-key.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import { compareWithStore } from './compare-store.js';
import { fsck } from './fsck.js';
import { rebuildTrail } from './rebuild.js';
import { keep, QUICK, trusted } from './trail-keeper.spec-kit.js';
import {
  appendEvents,
  newTrailFolder,
  policyOf,
  sealAll,
  signer,
  stewardEvent,
  UNWITNESSED,
} from './trail.spec-kit.js';
import { TrailFolder } from './trail-folder.js';
import type { TrailLog } from './trail-log.js';

const STREAM = 'lead-x';

/** Appends to a stream what is given, signed by whom is given, or not at all. */
async function write(store: EventStore, stream: string, event: NewEvent, by: typeof SIGNED | null = SIGNED) {
  const [last] = await store.readStream(stream, { direction: 'backward', limit: 1 });
  const revision = last === undefined ? 0 : last.revision + 1;
  const events = by ? await by.sign(stream, revision, [event]) : [event];
  await store.append(stream, last?.revision ?? 'no-stream', events);
}
const SIGNED = testSigner();

/** A decision about the log, as lead-api writes it. */
const decision = (type: string, data: JsonObject, role: string, id: string): NewEvent => ({
  ...stewardEvent(0),
  type,
  data: { nonce: randomUUID(), ...data },
  metadata: {
    occurredAt: '2026-01-01T00:00:00.000Z',
    recordedAt: '2026-01-01T00:00:02.000Z',
    actor: { kind: 'human', id, role },
    authn: { iss: 'https://issuer.example', how: 'oidc' },
    commandId: randomUUID(),
  },
});

const ALL = '9999-01-01T00:00:00.000Z';
/** How many leaves were published; each has its event, and each event has one. */
async function sealedLeaves(store: EventStore, folder: string): Promise<number> {
  const { size } = (await trusted(folder, UNWITNESSED)).checkpoint;
  expect(await compareWithStore(new TrailFolder(folder), size, store, ALL)).toBeUndefined();
  return size;
}

describe('A trail that is kept', () => {
  it('has a leaf for every event in commit order, and goes on where it stood', async () => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(store, 300);
    const first = await keep({ store, folder });
    await first.seen.published(300);
    await appendEvents(store, 50);
    await first.seen.published(350);
    await first.stop();
    await appendEvents(store, 20);
    const second = await keep({ store, folder });
    await second.seen.published(370);
    await second.seen.when('compared', ({ leaves }) => leaves === 370);
    await second.stop();
    expect(await sealedLeaves(store, folder)).toBe(370);
    expect((await fsck(folder, { policy: UNWITNESSED })).rule).toMatch(/^unwitnessed/);
  });

  it('is not started on a store that ends before it', async () => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(store, 5);
    await sealAll(store, folder);
    const yesterday = new MemoryEventStore();
    await appendEvents(yesterday, 3);
    await expect(keep({ store: yesterday, folder })).rejects.toThrow(/has 5 leaves, and the event store ends before/);
  });

  it('tries again while the disk is full, and then has everything', async () => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    const { keeper, seen, stop } = await keep({ store, folder });
    await seen.published(0);
    // Where a folder must be stands a file: nothing can be written, as on a full disk.
    const { files } = (keeper as unknown as { log: { files: { write: (...given: unknown[]) => Promise<void> } } }).log;
    const write = files.write.bind(files);
    let isFull = true;
    files.write = (...given) =>
      isFull ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) : write(...given);
    await appendEvents(store, 4);
    await seen.when('fault');
    expect(await keeper.status()).toMatchObject({ fault: 'sealing: ENOSPC', publishedSize: 0 });
    isFull = false;
    await seen.published(4);
    expect((await keeper.status()).fault).toBeUndefined();
    await stop();
    expect(await sealedLeaves(store, folder)).toBe(4);
  });
});

describe('Between two checkpoints', () => {
  it('takes each event soon after it comes, and signs all of them when the next one is due', async () => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    const pace = 1_000;
    let due = (): void => undefined;
    const pause = (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((over) => {
        signal.addEventListener('abort', () => over());
        if (ms === pace) due = over;
        else setImmediate(over);
      });
    const now = Date.parse('2026-01-01T00:10:00.000Z');
    const { keeper, seen, stop } = await keep({
      store,
      folder,
      pause,
      times: { ...QUICK, pace },
      clock: () => now,
    });
    await appendEvents(store, 3);
    // The first comes at once.
    await seen.when('sealed');
    const { log } = keeper as unknown as { log: TrailLog };
    while (log.isAhead || log.size < 3) {
      due();
      await nextTurn();
    }
    for (let more = 1; more <= 5; more += 1) {
      await appendEvents(store, 1, 2 + more);
      while (log.size < 3 + more) await nextTurn();
    }
    expect(await keeper.status()).toMatchObject({ size: 3, unsealedMs: expect.any(Number) as number });
    expect((await keeper.status()).unsealedMs).toBeGreaterThan(0);
    due();
    expect(await seen.when('sealed', ({ size }) => size === 8)).toMatchObject({ leaves: 5 });
    await seen.published(8);
    expect((await keeper.status()).unsealedMs).toBe(0);
    await stop();
    expect(await sealedLeaves(store, folder)).toBe(8);
  });
});

describe('An event that was written past the commands', () => {
  const other = testSigner(66);
  it.each<[string, (store: EventStore) => Promise<void>, RegExp]>([
    ['unsigned', (store) => write(store, STREAM, stewardEvent(0), null), /not signed/],
    ['signed with another key', (store) => write(store, STREAM, stewardEvent(0), other), /not known/],
    [
      'copied from another stream',
      async (store) => {
        const [copied] = await store.readStream('lead-0', { limit: 1 });
        await store.append(STREAM, 'no-stream', [{ ...copied!, id: randomUUID() }]);
      },
      /is not that of the event/,
    ],
    [
      'that says another owner was before',
      (store) => write(store, 'lead-0', stewardEvent(7, { steward: { from: { team: 'south' }, to: null } })),
      /change of steward is not from what was/,
    ],
  ])('%s stops the sealer with an alarm that names it; what came before is published', async (_, bad, rule) => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(store, 7);
    await bad(store);
    await appendEvents(store, 7);
    const { keeper, seen, stop } = await keep({ store, folder, clock: () => Date.parse('2026-01-01T00:10:00.000Z') });
    await seen.published(7);
    const { alarm } = await seen.when('alarm');
    const events = await everything(store);
    expect(alarm).toEqual({ rule: expect.stringMatching(rule) as unknown, eventId: events[7]!.id });
    expect(await keeper.status()).toMatchObject({ size: 7, unsealedMs: 599_000, alarm });
    await stop();
    expect((await trusted(folder, UNWITNESSED)).checkpoint.size).toBe(7);
  });

  const about = (event: RecordedEvent) => ({
    event: event.id,
    stream: event.stream,
    revision: event.revision,
    bodyHash: leafBodyHash(quarantinedLeaf(event, undefined)),
  });
  const proposed = (event: RecordedEvent, role = 'admin', id = 'root') =>
    decision('QuarantineProposed.v1', { ...about(event), reason: 'found' }, role, id);
  const approved = (event: RecordedEvent, role = 'auditor', id = 'aud') =>
    decision('QuarantineApproved.v1', about(event), role, id);

  it('is sealed as quarantined once an administrator and an auditor have said so, and all that waits after it', async () => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(store, 2);
    await write(store, STREAM, stewardEvent(0), null);
    await appendEvents(store, 2, 2);
    const bad = (await everything(store))[2]!;
    const { keeper, seen, stop } = await keep({ store, folder });
    await seen.when('alarm');
    await write(store, 'log-quarantine', proposed(bad));
    await write(store, 'log-quarantine', approved(bad));
    await seen.when('alarm-over');
    await seen.published(7);
    // Whoever comes later in that stream need not follow what nobody vouches for.
    await write(store, STREAM, stewardEvent(1, { steward: { from: { team: 'any' }, to: null } }));
    await seen.published(8);
    expect((await keeper.status()).alarm).toBeUndefined();
    await stop();
    expect(await sealedLeaves(store, folder)).toBe(8);
    expect((await fsck(folder, { policy: UNWITNESSED })).rule).toMatch(/^unwitnessed/);
    // Whoever holds the store gets the same tree.
    expect(await sealAll(store, newTrailFolder(), 3)).toBe(readFileSync(join(folder, 'pending'), 'utf8'));
  });

  it.each<[string, (store: EventStore, bad: RecordedEvent) => Promise<void>]>([
    ['nobody approved it', async (store, bad) => write(store, 'log-quarantine', proposed(bad))],
    [
      'one and the same person did both',
      async (store, bad) => {
        await write(store, 'log-quarantine', proposed(bad, 'admin', 'aud'));
        await write(store, 'log-quarantine', approved(bad));
      },
    ],
    [
      'the one who approved is no auditor',
      async (store, bad) => {
        await write(store, 'log-quarantine', proposed(bad));
        await write(store, 'log-quarantine', approved(bad, 'admin', 'someone'));
      },
    ],
    [
      'the approval is not signed',
      async (store, bad) => {
        await write(store, 'log-quarantine', proposed(bad));
        await write(store, 'log-quarantine', approved(bad), null);
      },
    ],
    [
      'it is about another event at that place',
      async (store, bad) => {
        await write(store, 'log-quarantine', proposed({ ...bad, data: { other: 1 } }));
        await write(store, 'log-quarantine', approved({ ...bad, data: { other: 1 } }));
      },
    ],
  ])('stays out when %s', async (_, decide) => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    await write(store, STREAM, stewardEvent(0), null);
    const [bad] = await everything(store);
    await decide(store, bad!);
    await expect(sealAll(store, folder)).rejects.toThrow(/not signed/);
  });
});

describe('Store and log', () => {
  /** The store with one page of it changed on its way. */
  const seenAs = (store: EventStore, change: (events: readonly RecordedEvent[]) => readonly RecordedEvent[]) => ({
    readAll: async (options: Parameters<EventStore['readAll']>[0]) => {
      const all = change(await everything(store));
      const from = options?.after === undefined ? 0 : all.findIndex(({ position }) => position === options.after) + 1;
      return all.slice(from, from + (options?.limit ?? 1_000));
    },
    readStream: async (stream: string, { from = 0, limit = 1 }: { from?: number; limit?: number } = {}) =>
      change(await everything(store))
        .filter((event) => event.stream === stream && event.revision >= from)
        .slice(0, limit),
  });

  let store: MemoryEventStore;
  let folder: string;
  beforeAll(async () => {
    [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(store, 600);
    await sealAll(store, folder);
  });

  it.each<[string, (events: readonly RecordedEvent[]) => readonly RecordedEvent[], number, RegExp]>([
    ['the store cut short', (all) => all.slice(0, 555), 555, /no event of this leaf/],
    ['an event taken away', (all) => all.toSpliced(300, 1), 300, /no event of this leaf/],
    ['two events swapped', (all) => all.with(400, all[401]!).with(401, all[400]!), 400, /the store has event/],
    ['an event doubled', (all) => all.toSpliced(10, 0, all[9]!), 10, /the store has event/],
    ['an event put in between', (all) => all.toSpliced(258, 0, { ...all[0]!, id: 'new' }), 258, /has event new/],
    ['data changed', (all) => all.with(599, { ...all[599]!, data: { a: 1 } }), 599, /^dataHash is not that/],
    [
      'metadata changed',
      (all) => all.with(5, { ...all[5]!, metadata: { ...all[5]!.metadata, x: 1 } }),
      5,
      /^metaHash is not that/,
    ],
  ])('are held against each other: %s is found and named', async (_, change, index, rule) => {
    expect(await compareWithStore(new TrailFolder(folder), 600, seenAs(store, change), ALL)).toEqual({
      index,
      rule: expect.stringMatching(rule) as unknown,
      eventId: expect.any(String) as unknown,
    });
  });

  it('say the same up to what is not sealed yet, which is found where it should be', async () => {
    const progress: number[] = [];
    const compared = (due: string) =>
      compareWithStore(new TrailFolder(folder), 512, store, due, (leaves) => progress.push(leaves));
    expect(await compared('2026-01-01T00:00:01.000Z')).toBeUndefined();
    expect(progress).toEqual([256, 512]);
    const { id } = (await everything(store))[512]!;
    expect(await compared('2026-01-01T00:00:01.001Z')).toEqual({ rule: `event ${id} has no leaf` });
  });

  it('that come apart while the process runs raise an alarm within a cycle, which is over when they agree again', async () => {
    const own = newTrailFolder();
    cpSync(folder, own, { recursive: true });
    let isCut = false;
    const cutting: EventStore = Object.assign(Object.create(store) as EventStore, {
      head: async () => (isCut ? '550' : store.head()),
    });
    const { keeper, seen, stop } = await keep({ store: cutting, folder: own });
    await seen.when('compared');
    isCut = true;
    const { alarm } = await seen.when('alarm');
    expect(alarm).toEqual({ rule: 'the event store ends before the last sealed event', index: 599 });
    isCut = false;
    await seen.when('alarm-over');
    expect((await keeper.status()).alarm).toBeUndefined();
    await stop();
  });
});

describe('A log restored from an older copy', () => {
  const parts = (store: EventStore, folder: string) => ({
    store,
    folder,
    signers: [signer] as const,
    policy: UNWITNESSED,
    eventKeys: testEventKeys(),
    fetch,
    aside: `${folder}.aside`,
  });

  it('is rebuilt out of the store up to a checkpoint that was kept, to the byte', async () => {
    const [store, folder, old] = [new MemoryEventStore(), newTrailFolder(), newTrailFolder()];
    await appendEvents(store, 30);
    await sealAll(store, folder);
    cpSync(folder, old, { recursive: true });
    await appendEvents(store, 400);
    await sealAll(store, folder);
    const kept = readFileSync(join(folder, 'checkpoint'));
    await appendEvents(store, 5);
    expect(await rebuildTrail({ ...parts(store, old), kept })).toEqual({ from: 30, size: 430, movedAside: false });
    expect(readFileSync(join(old, 'pending'))).toEqual(kept);
    // And from nothing, or from what is no log any more.
    rmSync(join(old, 'tile/0'), { recursive: true });
    expect(await rebuildTrail({ ...parts(store, old), kept })).toEqual({ from: 0, size: 430, movedAside: true });
    expect(readFileSync(join(old, 'pending'))).toEqual(kept);
  });

  it('signs nothing when the store gives another tree, or too little, or nothing is known to go by', async () => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(store, 30);
    await sealAll(store, folder);
    const kept = readFileSync(join(folder, 'checkpoint'));
    const [other, fresh] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(other, 40);
    await expect(rebuildTrail({ ...parts(other, fresh), kept })).rejects.toThrow(/do not give the tree/);
    expect((await trusted(fresh, UNWITNESSED, 'pending')).checkpoint.size).toBe(0);
    const short = new MemoryEventStore();
    await appendEvents(short, 20);
    await expect(rebuildTrail({ ...parts(short, newTrailFolder()), kept })).rejects.toThrow(/ends after 20 of the 30/);
    await expect(rebuildTrail(parts(store, newTrailFolder()))).rejects.toThrow(/no checkpoint is known/);
  });
});

describe('A new key of the log', () => {
  it('signs beside the old one once a leaf announces it, and alone after that', async () => {
    const next = noteSigner(signer.key.name, 1, Buffer.alloc(32, 77));
    const lines = [signer, next].map(({ key }) => `log ${formatVkey(key)}\n`);
    const [onlyOld, both, onlyNew] = [lines[0], lines.join(''), lines[1]].map((text) =>
      policyOf(`${text}quorum none\n`),
    );
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    const signedBy = async (policy = both!) => (await trusted(folder, policy)).logKeys.length;
    await appendEvents(store, 2);
    const overlap = await keep({ store, folder, signers: [signer, next], policy: both! });
    await overlap.seen.published(2);
    expect(await signedBy()).toBe(1);
    await write(store, 'log-keys', decision('LogKeyAnnounced.v1', { vkey: formatVkey(next.key) }, 'admin', 'root'));
    await overlap.seen.published(3);
    expect([await signedBy(), await signedBy(onlyOld), await signedBy(onlyNew)]).toEqual([2, 1, 1]);
    await overlap.stop();
    await appendEvents(store, 1);
    const after = await keep({ store, folder, signers: [next], policy: both! });
    await after.seen.published(4);
    await after.stop();
    expect(await signedBy(onlyNew)).toBe(1);
    await expect(trusted(folder, onlyOld!)).rejects.toThrow(/no signature by a known key/);
  });

  it('of events is known from its announcement, signed by the one before; a retired one signs nothing later', async () => {
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    const [old, next] = [testNoteSigner(), testNoteSigner(66)];
    await write(store, STREAM, stewardEvent(0));
    await write(store, 'log-keys', decision('EventKeyAnnounced.v1', { vkey: formatVkey(next.key) }, 'admin', 'root'));
    const later = (event: NewEvent, recordedAt: string) => ({ ...event, metadata: { ...event.metadata, recordedAt } });
    const first = await keep({ store, folder });
    await write(store, STREAM, later(stewardEvent(1), '2026-01-01T00:00:03.000Z'), testSigner(66));
    await first.seen.published(3);
    const key = old.key.id.toString(16).padStart(8, '0');
    await write(
      store,
      'log-keys',
      decision('EventKeyRetired.v1', { key, reason: 'rotated' }, 'admin', 'root'),
      testSigner(66),
    );
    await first.seen.published(4);
    await first.stop();
    // What was learnt is known again after a restart.
    await write(store, STREAM, later(stewardEvent(2), '2026-01-01T00:00:04.000Z'));
    const second = await keep({ store, folder });
    const { alarm } = await second.seen.when('alarm');
    expect(alarm.rule).toMatch(/after its key was retired/);
    await second.stop();
  });
});
