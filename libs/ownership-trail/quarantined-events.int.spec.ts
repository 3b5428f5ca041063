import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { isSealedAs, leafBodyHash, parseLeaf, type Leaf } from '../contracts/leaf.js';
import type { Actor } from '../decider/decision.js';
import type { JsonObject } from '../decider/json.js';
import { testNoteSigner, testSigner } from '../event-signing/event-signing.spec-kit.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { LOG_QUARANTINE_STREAM } from '../log-decisions/quarantine.js';
import { idHex } from '../transparency-log/note-key.js';
import { trustedHead } from './trusted-log.js';
import { checkLog } from './log-check.js';
import { appendEvents, newTrailFolder, openTrail, publish, stewardEvent, UNWITNESSED } from './trail.spec-kit.js';
import { TrailFolder } from './trail-folder.js';
import type { EventRefused } from './sealer.js';

const ROOT: Actor = { kind: 'human', id: 'root', role: 'admin' };
const AUDREY: Actor = { kind: 'human', id: 'audrey', role: 'auditor' };
const LEAD = 'lead-0';

let folder: string;
beforeEach(() => (folder = newTrailFolder()));
afterEach(() => rm(folder, { recursive: true }));

/** Whatever somebody wrote into the store as the next event of a lead. */
async function forge(store: EventStore, revision: number, forged: { data?: JsonObject; metadata: JsonObject }) {
  const event = { ...stewardEvent(revision), ...forged };
  expect(await store.append(LEAD, revision - 1, [event])).toMatchObject({ ok: true });
  return event.id;
}

async function decide(store: EventStore, type: string, actor: Actor, data: JsonObject): Promise<void> {
  const [last] = await store.readStream(LOG_QUARANTINE_STREAM, { direction: 'backward', limit: 1 });
  const revision = last === undefined ? 0 : last.revision + 1;
  const metadata = { ...stewardEvent(0).metadata, change: undefined, actor: { ...actor } };
  const event = { id: randomUUID(), type, data, metadata };
  const signed = await testSigner().sign(LOG_QUARANTINE_STREAM, revision, [event]);
  await store.append(LOG_QUARANTINE_STREAM, last?.revision ?? 'no-stream', signed);
}

const about = ({ eventId, stream, rev, ...leaf }: Leaf): JsonObject => ({
  event: eventId,
  stream,
  revision: Number(rev),
  bodyHash: leafBodyHash({ eventId, stream, rev, ...leaf }),
});

/** Seals what there is. */
async function seal(store: EventStore): Promise<EventRefused | undefined> {
  const { log, sealer } = await openTrail(store, folder);
  try {
    const after = log.sealedUpTo;
    const { taken, refused } = await sealer.take(await store.readAll(after === undefined ? {} : { after }));
    if (taken > 0) {
      await log.writeTree();
      await log.sign();
      await publish(log);
    }
    return refused;
  } finally {
    log.close();
  }
}

async function leaves(): Promise<readonly Leaf[]> {
  const files = new TrailFolder(folder);
  const head = await trustedHead(files, UNWITNESSED);
  if (!head.ok) throw new Error(head.problem);
  expect(await checkLog(folder, head.value.checkpoint)).toMatchObject({ ok: true });
  const entries = await files.entries(0, head.value.checkpoint.size);
  if (!entries.ok) throw new Error(entries.problem);
  return entries.value.map((bytes) => {
    const leaf = parseLeaf(bytes);
    if (!leaf.ok) throw new Error(leaf.problem);
    return leaf.value;
  });
}

const real = stewardEvent(1).metadata;
const keyed = { key: idHex(testNoteSigner().key.id), ed25519: 'A'.repeat(86) + '==' };
const FORGED: Readonly<Record<string, { data?: JsonObject; metadata: JsonObject }>> = {
  'without a signature': { metadata: real },
  'with a signature that is none': { metadata: { ...real, sig: 5 } },
  'with half of one': { metadata: { ...real, sig: { key: keyed.key } } },
  'with one of no bytes': { metadata: { ...real, sig: { key: keyed.key, ed25519: 7 } } },
  'with another one and more beside it': { metadata: { ...real, sig: { ...keyed, note: 'Ada Example' } } },
  'without any metadata': { metadata: {} },
  'with free text where ids stand': { metadata: { ...real, actor: { id: 'Ada Example' }, occurredAt: 'yesterday' } },
  'with half a character in its data': { data: { note: '\ud800' }, metadata: real },
};

describe.each(Object.entries(FORGED))('An event %s', (_, forged) => {
  it('stops the sealer, and is sealed and flagged once operator and auditor decided so', async () => {
    const store = new MemoryEventStore();
    await appendEvents(store, 1, 1);
    const id = await forge(store, 1, forged);
    const refused = await seal(store);
    expect(refused?.event.id).toBe(id);
    await decide(store, 'QuarantineProposed.v1', ROOT, { ...about(refused!.leaf), reason: 'forged' });
    expect((await seal(store))?.event.id).toBe(id);
    await decide(store, 'QuarantineApproved.v1', AUDREY, about(refused!.leaf));
    expect(await seal(store)).toBeUndefined();
    const sealed = await leaves();
    expect(sealed.map(({ stream, rev, quarantined }) => [stream, rev, quarantined])).toEqual([
      [LEAD, '0', undefined],
      [LEAD, '1', true],
      [LOG_QUARANTINE_STREAM, '0', undefined],
      [LOG_QUARANTINE_STREAM, '1', undefined],
    ]);
    const [, stored] = (await store.readStream(LEAD)) as [RecordedEvent, RecordedEvent];
    expect(isSealedAs(stored, sealed[1]!)).toBe(true);
    expect(isSealedAs({ ...stored, data: { ...stored.data, more: 1 } }, sealed[1]!)).toBe(false);
    expect(JSON.stringify(sealed)).not.toContain('Ada Example');
  });
});

it('Decisions that one person made, or by an unknown key, or about another content, change nothing', async () => {
  const store = new MemoryEventStore();
  await appendEvents(store, 1, 1);
  const id = await forge(store, 1, { metadata: real });
  const refused = await seal(store);
  const body = about(refused!.leaf);
  await decide(store, 'QuarantineApproved.v1', AUDREY, body);
  await decide(store, 'QuarantineProposed.v1', { ...ROOT, id: 'audrey' }, body);
  await decide(store, 'QuarantineApproved.v1', AUDREY, body);
  await decide(store, 'QuarantineProposed.v1', ROOT, { ...body, bodyHash: '0'.repeat(64) });
  expect((await seal(store))?.event.id).toBe(id);
});
