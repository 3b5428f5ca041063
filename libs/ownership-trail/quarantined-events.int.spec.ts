import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { encodeLeaf, isSealedAs, leafBodyHash, parseLeaf, quarantinedLeaf, type Leaf } from '../contracts/leaf.js';
import type { Actor } from '../decider/decision.js';
import type { JsonObject } from '../decider/json.js';
import { testEventKeys, testNoteSigner, testSigner } from '../event-signing/event-signing.spec-kit.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { LOG_QUARANTINE_STREAM } from '../log-decisions/quarantine.js';
import { idHex } from '../transparency-log/note-key.js';
import { auditBundle } from './audit-bundle.js';
import { fsck } from './fsck.js';
import { leadBundle } from './lead-bundle.js';
import { SealingKeys } from './sealing-keys.js';
import { TrailLog } from './trail-log.js';
import { trustedHead } from './trusted-log.js';
import { checkLog } from './log-check.js';
import {
  appendEvents,
  newTrailFolder,
  openTrail,
  publish,
  signer,
  stewardEvent,
  UNWITNESSED,
} from './trail.spec-kit.js';
import {
  EVENT_KEYS,
  policyOf,
  policyText,
  signedEvent,
  stewardChange,
  WitnessedLog,
} from './witnessed-log.spec-kit.js';
import { TrailFolder } from './trail-folder.js';
import { Sealer, type EventRefused } from './sealer.js';

const ROOT: Actor = { kind: 'human', id: 'root', role: 'admin' };
const AUDREY: Actor = { kind: 'human', id: 'audrey', role: 'auditor' };
const LEAD = 'lead-0';

const UNWITNESSED_ONLY = 'unwitnessed: the policy asks for no quorum';

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
    const checked = await fsck(folder, { policy: UNWITNESSED, eventKeys: testEventKeys(), store });
    expect(checked).toMatchObject({
      verdict: 'incomplete',
      rule: UNWITNESSED_ONLY,
      quarantined: [1],
      store: 'the same',
    });
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

describe('A leaf that was sealed by a quarantine on which nobody decided', () => {
  let store: MemoryEventStore;
  const flagged: Leaf[] = [];

  /** As a sealer does that asks nobody: the log is then whole in every other respect. */
  async function sealBy(isQuarantined: (refused: EventRefused) => Promise<boolean>): Promise<void> {
    const log = await TrailLog.open({ folder, signers: [signer] });
    await log.check();
    const keys = await SealingKeys.restored(testEventKeys(), store, undefined);
    const sealer = new Sealer(log, keys, (refused) => {
      flagged.push(refused.leaf);
      return isQuarantined(refused);
    });
    await sealer.seal(await store.readAll(log.sealedUpTo === undefined ? {} : { after: log.sealedUpTo }));
    await publish(log);
    log.close();
  }
  const policy = policyOf(policyText());
  const checked = async (more: object = {}) => {
    const { verdict, rule, index } = await fsck(folder, { policy: UNWITNESSED, eventKeys: testEventKeys(), ...more });
    return [verdict, rule, index];
  };
  beforeEach(async () => {
    store = new MemoryEventStore();
    flagged.length = 0;
    await appendEvents(store, 1, 1);
    await forge(store, 1, { metadata: real });
    await sealBy(() => Promise.resolve(true));
  });

  it('is doubted by the log alone, and found by the store', async () => {
    // The doubt about witnesses would hide the other: what is said without it is looked at in the witnessed log below.
    expect(await checked()).toEqual(['incomplete', UNWITNESSED_ONLY, undefined]);
    const rule = 'it was sealed by a quarantine on which no two people decided';
    expect(await checked({ store })).toEqual(['tampered', rule, 1]);
    await decide(store, 'QuarantineProposed.v1', ROOT, { ...about(flagged[0]!), reason: 'x' });
    await decide(store, 'QuarantineApproved.v1', ROOT, about(flagged[0]!));
    await sealBy(() => Promise.resolve(false));
    expect(await checked({ store })).toEqual(['tampered', rule, 1]);
    await decide(store, 'QuarantineApproved.v1', AUDREY, { ...about(flagged[0]!), bodyHash: '0'.repeat(64) });
    await sealBy(() => Promise.resolve(false));
    expect(await checked({ store })).toEqual(['tampered', rule, 1]);
    await decide(store, 'QuarantineApproved.v1', AUDREY, about(flagged[0]!));
    await sealBy(() => Promise.resolve(false));
    expect(await checked({ store })).toEqual(['incomplete', UNWITNESSED_ONLY, undefined]);
  });

  it('is named in a log that is witnessed, and in a bundle of its stream, until there are as many decisions', async () => {
    const T0 = 1_700_000_000;
    const log = new WitnessedLog();
    log.publish(T0 - 10);
    const good = signedEvent({ ...stewardChange('lead-a', 0, T0), stream: 'lead-a', revision: 0, position: '1' });
    log.seal([good], T0 + 5);
    const bad = { ...stewardChange('lead-a', 1, T0), stream: 'lead-a', revision: 1, position: '2' };
    log.add(encodeLeaf(quarantinedLeaf(bad, log.lastOf('lead-a'))), 'lead-a');
    log.publish(T0 + 6);
    const keys = { policy, eventKeys: EVENT_KEYS };
    const said = async () => {
      const bundle = await leadBundle(log.folder, log.indexesOf('lead-a'));
      const { verdict, rule } = await fsck(log.folder, keys);
      return [
        verdict,
        rule,
        ...((await auditBundle(Buffer.from(JSON.stringify(bundle)), { ...keys, log: log.folder })).doubts ?? []),
      ];
    };
    const doubt = 'leaf 1 was sealed by a quarantine, and the log holds no decision of two people for it';
    expect(await said()).toEqual(['incomplete', doubt, doubt]);
    const decision = (revision: number, type: string, actor: Actor) => {
      const event = {
        ...stewardChange('any', revision, T0),
        type,
        stream: LOG_QUARANTINE_STREAM,
        revision,
        position: '9',
      };
      const { change: _change, ...metadata } = event.metadata;
      return signedEvent({ ...event, metadata: { ...metadata, actor: { ...actor } } });
    };
    log.seal([decision(0, 'QuarantineProposed.v1', ROOT), decision(1, 'QuarantineApproved.v1', ROOT)], T0 + 7);
    expect(await said()).toEqual(['incomplete', doubt, doubt]);
    log.seal([decision(2, 'QuarantineApproved.v1', AUDREY)], T0 + 8);
    expect(await said()).toEqual(['proven', undefined]);
    await rm(log.folder, { recursive: true });
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
