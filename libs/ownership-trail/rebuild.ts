import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import type { EventKeys } from '../contracts/event-keys.js';
import type { EventStore } from '../event-store/event-store.js';
import { sameHash } from '../transparency-log/merkle-hash.js';
import type { NoteSigner } from '../transparency-log/note-signer.js';
import { TileHashes } from '../transparency-log/tile-hashes.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';
import { trustCheckpoint, type TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';
import { QuarantineDecisions } from './quarantine-decisions.js';
import { MOST_LEAVES, Sealer } from './sealer.js';
import { KEY_STREAM, SealingKeys } from './sealing-keys.js';
import { CHECKPOINT } from './trail-files.js';
import { TrailLog } from './trail-log.js';
import { TrailFolder } from './trail-folder.js';
import { TrailNotWhole, TrailRefused } from './trail-refused.js';
import { boundedText, type Fetch } from './witness-client.js';

export interface RebuildParts {
  readonly store: Pick<EventStore, 'readAll' | 'readStream'>;
  readonly folder: string;
  readonly signers: readonly [NoteSigner, ...NoteSigner[]];
  readonly policy: TlogPolicy;
  readonly eventKeys: EventKeys;
  readonly fetch: Fetch;
  /** a checkpoint that somebody kept, where no witness can be asked */
  readonly kept?: Uint8Array;
  /** where a folder that is not whole is moved to */
  readonly aside: string;
  readonly onProgress?: (leaves: number, size: number) => void;
}

export interface Rebuilt {
  /** leaves that the folder had */
  readonly from: number;
  readonly size: number;
  /** whether the old folder was of no use and was moved aside */
  readonly movedAside: boolean;
}

const WITNESS_MS = 10_000;

/**
 * Brings a log that was restored from an old copy, or lost, up to the largest checkpoint that a witness has cosigned (or
 * that somebody kept), out of the store. Nothing is signed unless the tree is the very one of that checkpoint.
 *
 * @throws TrailRefused, in one line: no such checkpoint is known, the store lacks events, or gives another tree
 */
export async function rebuildTrail(parts: RebuildParts): Promise<Rebuilt> {
  const { checkpoint } = await largestKnown(parts);
  const { log, movedAside } = await openOrBegin(parts);
  try {
    const from = log.size;
    if (from >= checkpoint.size) {
      const root = await new TileHashes(log.files.readTile, checkpoint.size).root();
      if (!sameHash(root, checkpoint.root)) throw anotherTree(checkpoint.size);
      return { from, size: from, movedAside };
    }
    await sealUpTo(checkpoint.size, log, parts);
    if (!sameHash(log.root, checkpoint.root)) throw anotherTree(checkpoint.size);
    await log.sign();
    return { from, size: log.size, movedAside };
  } finally {
    log.close();
  }
}

const anotherTree = (size: number): TrailRefused =>
  new TrailRefused(
    `the ${size} first events of the store do not give the tree that was cosigned: another store, or events were changed`,
  );

async function sealUpTo(size: number, log: TrailLog, { store, eventKeys, onProgress }: RebuildParts): Promise<void> {
  const known = log.chains.last(KEY_STREAM)?.rev;
  const keys = await SealingKeys.restored(eventKeys, store, known === undefined ? 0 : known + 1);
  const decisions = new QuarantineDecisions(store, eventKeys);
  const sealer = new Sealer(log, keys, (refused) => decisions.isQuarantined(refused));
  while (log.size < size) {
    const after = log.sealedUpTo;
    const limit = Math.min(MOST_LEAVES, size - log.size);
    const events = await store.readAll({ limit, ...(after === undefined ? {} : { after }) });
    if (events.length === 0)
      throw new TrailRefused(`the event store ends after ${log.size} of the ${size} events that were sealed`);
    const { refused } = await sealer.take(events);
    if (refused) throw refused;
    await log.writeTree();
    onProgress?.(log.size, size);
  }
}

/** The folder as it is, where it is whole; else an empty one. */
async function openOrBegin(parts: RebuildParts): Promise<{ log: TrailLog; movedAside: boolean }> {
  const { folder, signers, aside } = parts;
  try {
    return { log: await openChecked(parts), movedAside: false };
  } catch (refusal) {
    if (!(refusal instanceof TrailNotWhole)) throw refusal;
    await rename(folder, aside);
    const log = await TrailLog.open({ folder, signers });
    await log.check();
    return { log, movedAside: true };
  }
}

async function openChecked({ folder, signers }: RebuildParts): Promise<TrailLog> {
  const log = await TrailLog.open({ folder, signers });
  try {
    await log.check();
    return log;
  } catch (refusal) {
    log.close();
    throw refusal;
  }
}

/** Of the policy's witnesses, of what was published here, and of what was kept elsewhere. */
async function largestKnown(parts: RebuildParts): Promise<TrustedCheckpoint> {
  const { policy, folder, kept } = parts;
  const told = await Promise.all(policy.witnesses.map((witness) => toldBy(witness.url, parts)));
  const published = await new TrailFolder(folder).read(CHECKPOINT);
  const known: TrustedCheckpoint[] = [];
  for (const note of [...told, published, kept]) {
    const trusted = note && trustCheckpoint(note, policy);
    if (trusted && trusted.ok) known.push(trusted.value);
    if (trusted && !trusted.ok && note === kept) throw new TrailRefused(`the checkpoint given: ${trusted.problem}`);
  }
  const [largest] = known.toSorted((a, b) => b.checkpoint.size - a.checkpoint.size);
  if (largest === undefined)
    throw new TrailRefused('no checkpoint is known to rebuild up to: no witness tells one; give one that was kept');
  return largest;
}

async function toldBy(url: string | undefined, { fetch, signers }: RebuildParts): Promise<string | undefined> {
  if (url === undefined) return undefined;
  const origin = createHash('sha256').update(signers[0].key.name).digest('hex');
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/${origin}/checkpoint`, {
      signal: AbortSignal.timeout(WITNESS_MS),
      redirect: 'error',
    });
    return response.status === 200 ? await boundedText(response) : undefined;
  } catch {
    // Away: the others, or a checkpoint that was kept, must do.
    return undefined;
  }
}
