import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../decider/json.js';
import { testEventKeys, testSigner } from '../event-signing/event-signing.spec-kit.js';
import type { EventStore, NewEvent, RecordedEvent } from '../event-store/event-store.js';
import { formatVkey, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import { parsePolicy } from '../transparency-log/policy-file.js';
import { PublishedCheckpoints } from './published-checkpoints.js';
import { QuarantineDecisions } from './quarantine-decisions.js';
import { Sealer } from './sealer.js';
import { KEY_STREAM, SealingKeys } from './sealing-keys.js';
import { TrailLog } from './trail-log.js';
import { Witnesses } from './witnesses.js';

export const signer = noteSigner('log.example/baton', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 1));
export const newTrailFolder = (): string => mkdtempSync(join(tmpdir(), 'baton-trail-'));

const OWNERS = ['ann', 'ben', 'cleo'];
const owner = (revision: number) => ({ team: 'north', person: OWNERS[revision % OWNERS.length] });

/** An event of a lead whose steward changes with each: what the metadata of real ones says, and little else. */
export const stewardEvent = (revision: number, change?: JsonObject): NewEvent => ({
  id: randomUUID(),
  type: revision === 0 ? 'LeadCreated.v1' : 'StewardTransferred.v1',
  data: { nonce: randomUUID(), cycle: 1 },
  metadata: {
    occurredAt: '2026-01-01T00:00:00.000Z',
    recordedAt: '2026-01-01T00:00:01.000Z',
    actor: { kind: 'human', id: 'maria', role: 'marketing', team: 'north' },
    authn: { iss: 'https://issuer.example', how: 'oidc' },
    commandId: randomUUID(),
    change: change ?? {
      effectiveAt: '2026-01-01T00:00:00.000Z',
      steward: { from: revision === 0 ? null : owner(revision - 1), to: owner(revision) },
    },
  },
});

/** Events over so many leads, in turns; goes on where the leads are. */
export async function appendEvents(store: EventStore, count: number, leads = 7): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const stream = `lead-${at % leads}`;
    const [last] = await store.readStream(stream, { direction: 'backward', limit: 1 });
    const revision = last === undefined ? 0 : last.revision + 1;
    const signed = await testSigner().sign(stream, revision, [stewardEvent(revision)]);
    await store.append(stream, last?.revision ?? 'no-stream', signed);
  }
}

/** Opened and read through, with a sealer over it. */
export async function openTrail(store: Pick<EventStore, 'readStream'>, folder: string) {
  const log = await TrailLog.open({ folder, signers: [signer] });
  await log.check().catch((refusal: unknown) => {
    log.close();
    throw refusal;
  });
  const known = log.chains.last(KEY_STREAM)?.rev;
  const keys = await SealingKeys.restored(testEventKeys(), store, known === undefined ? 0 : known + 1);
  const decisions = new QuarantineDecisions(store, testEventKeys());
  return { log, sealer: new Sealer(log, keys, (refused) => decisions.isQuarantined(refused)) };
}

/** As a log's own policy is before anybody names witnesses. */
export const UNWITNESSED = policyOf(`log ${formatVkey(signer.key)}\nquorum none\n`);

export function policyOf(text: string) {
  const policy = parsePolicy(Buffer.from(text));
  if (!policy.ok) throw new Error(policy.problem);
  return policy.value;
}

/** Hands out what the log has signed, without witnesses. */
export async function publish(log: TrailLog): Promise<void> {
  const { files } = log;
  const witnesses = new Witnesses({ policy: UNWITNESSED, fetch, readTile: files.readTile });
  const parts = { files, policy: UNWITNESSED, witnesses, clock: Date.now, assertMine: () => log.assertMine() };
  await (await PublishedCheckpoints.open(parts)).publish(log.pending);
}

/** Seals all that the store holds, in batches, publishes it and closes the log again. */
export async function sealAll(store: EventStore, folder: string, batch = 1_000): Promise<string> {
  const { log, sealer } = await openTrail(store, folder);
  try {
    for (let page: readonly RecordedEvent[]; (page = await store.readAll(pageAfter(log, batch))).length > 0;) {
      await sealer.seal(page);
      await publish(log);
    }
    return log.pending;
  } finally {
    log.close();
  }
}

const pageAfter = (log: TrailLog, limit: number) =>
  log.sealedUpTo === undefined ? { limit } : { limit, after: log.sealedUpTo };
