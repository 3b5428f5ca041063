import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EventKeys } from '../contracts/event-keys.js';
import { encodeLeaf, leafOf, signedBytes, type Leaf } from '../contracts/leaf.js';
import type { NewEvent, RecordedEvent } from '../event-store/event-store.js';
import { encodeBase64 } from '../transparency-log/base64.js';
import { signCheckpoint } from '../transparency-log/checkpoint.js';
import { cosign } from '../transparency-log/cosignature.js';
import { signEd25519 } from '../transparency-log/ed25519.js';
import { encodeEntries } from '../transparency-log/entry-bundle.js';
import { GrowingTree } from '../transparency-log/growing-tree.js';
import { leafHash } from '../transparency-log/merkle-hash.js';
import { formatVkey, idHex, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import { formatSignatureLine } from '../transparency-log/note-signature.js';
import { noteSigner, type NoteSigner } from '../transparency-log/note-signer.js';
import { parsePolicy } from '../transparency-log/policy-file.js';
import { TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';
import type { TlogPolicy } from '../transparency-log/tlog-policy.js';

const seed = (byte: number): Buffer => Buffer.alloc(32, byte);
export const LOG = noteSigner('log.example/baton', SIGNATURE_TYPE.ed25519, seed(1));
export const WITNESSES = [2, 3].map((n) => noteSigner(`witness.example/w${n}`, SIGNATURE_TYPE.cosignature, seed(n)));
export const EVENT_SIGNER = noteSigner('events.example/baton', SIGNATURE_TYPE.ed25519, seed(5));

/** Both witnesses are asked for; `quorum none` with `witnessed: false`. */
export const policyText = (witnessed = true): string =>
  [
    `log ${formatVkey(LOG.key)}`,
    ...WITNESSES.map(({ key }, at) => `witness w${at} ${formatVkey(key)}`),
    ...(witnessed ? ['group both all w0 w1', 'quorum both'] : ['quorum none']),
    '',
  ].join('\n');

export function policyOf(text: string): TlogPolicy {
  const policy = parsePolicy(Buffer.from(text));
  if (!policy.ok) throw new Error(policy.problem);
  return policy.value;
}

export const EVENT_KEYS_TEXT = `${formatVkey(EVENT_SIGNER.key)} 2020-01-01T00:00:00.000Z\n`;
export const EVENT_KEYS: EventKeys = new Map([
  [idHex(EVENT_SIGNER.key.id), { key: EVENT_SIGNER.key, from: '2020-01-01T00:00:00.000Z' }],
]);

/** A stored event with the signature of whoever wrote it. */
export function signedEvent(event: RecordedEvent, signer: NoteSigner = EVENT_SIGNER): RecordedEvent {
  const { sig: _sig, ...metadata } = event.metadata;
  const unsigned = { ...event, metadata };
  const ed25519 = encodeBase64(signEd25519(signer.privateKey, signedBytes(leafOf(unsigned, undefined))));
  return { ...event, metadata: { ...metadata, sig: { key: idHex(signer.key.id), ed25519 } } };
}

/** Events of several streams as a store would hand them back, signed, in the order given. */
export function recorded(events: readonly (NewEvent & { readonly stream: string })[]): RecordedEvent[] {
  const revisions = new Map<string, number>();
  return events.map((event, at) => {
    const revision = (revisions.get(event.stream) ?? -1) + 1;
    revisions.set(event.stream, revision);
    return signedEvent({ ...event, revision, position: String(at + 1) });
  });
}

/** A UUID for a name: the same events for every run. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** An event of a lead that a steward hands on to the next, recorded at a second since 1970. */
export function stewardChange(lead: string, revision: number, recordedAt: number, occurredAt = recordedAt): NewEvent {
  const owner = (n: number) => ({ team: 'north', person: ['ann', 'ben', 'cleo'][n % 3]! });
  const time = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  return {
    id: idOf(`${lead} ${revision}`),
    type: revision === 0 ? 'LeadCreated.v1' : 'StewardTransferred.v1',
    data: { nonce: `${lead} ${revision}` },
    metadata: {
      occurredAt: time(occurredAt),
      recordedAt: time(recordedAt),
      actor: { kind: 'human', id: 'maria', role: 'marketing', team: 'north' },
      authn: { iss: 'https://issuer.example', how: 'oidc' },
      commandId: `${lead}-${revision}`,
      change: {
        effectiveAt: time(occurredAt),
        steward: { from: revision === 0 ? null : owner(revision - 1), to: owner(revision) },
        ...(revision === 0 ? {} : { reasonCode: 'workload' }),
      },
    },
  };
}

/** A log in a folder of its own, sealed and cosigned at the times that a test says, honestly or not. */
export class WitnessedLog {
  readonly folder = mkdtempSync(join(tmpdir(), 'baton-witnessed-'));
  readonly leaves: Buffer[] = [];
  readonly #tree = new GrowingTree();
  readonly #last = new Map<string, string>();

  constructor(private readonly signer: NoteSigner = LOG) {}

  get size(): number {
    return this.#tree.size;
  }

  /** The indexes of a stream's leaves. */
  indexesOf(stream: string): number[] {
    return this.leaves.flatMap((leaf, index) =>
      (JSON.parse(leaf.toString()) as Leaf).stream === stream ? [index] : [],
    );
  }

  /** Hash of a stream's last leaf, hex. */
  lastOf(stream: string): string | undefined {
    return this.#last.get(stream);
  }

  /** Seals a batch and publishes the checkpoint that covers it. @param time seconds since 1970, of both witnesses */
  seal(events: readonly RecordedEvent[], time: number): void {
    for (const event of events) this.add(encodeLeaf(leafOf(event, this.#last.get(event.stream))), event.stream);
    this.publish(time);
  }

  /** A leaf as it is, good or bad. */
  add(leaf: Buffer, stream: string): void {
    const hash = leafHash(leaf);
    this.leaves.push(leaf);
    this.#last.set(stream, hash.toString('hex'));
    this.#tree.append(hash);
  }

  publish(time: number): void {
    const { size } = this;
    for (const tile of this.#tree.takeTiles()) this.#write(tilePath(tile), tile.bytes);
    for (let index = 0; index * TILE_WIDTH < size; index += 1) {
      const entries = this.leaves.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
      this.#write(tilePath({ level: 'entries', index, width: entries.length }), encodeEntries(entries));
    }
    const note = this.cosigned(time);
    this.#write(`checkpoints/${size}`, note);
    this.#write('checkpoint', note);
  }

  /** The last checkpoint once more, with fresh times. */
  heartbeat(time: number): void {
    const note = this.cosigned(time);
    this.#write(`checkpoints/${this.size}.last`, note);
    this.#write('checkpoint', note);
  }

  cosigned(time: number): string {
    const [origin, root] = [this.signer.key.name, this.#tree.root()];
    const note = signCheckpoint({ origin, size: this.size, root, extensions: [] }, [this.signer]);
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    return note + WITNESSES.map((witness, at) => formatSignatureLine(cosign(text, time + at, witness))).join('');
  }

  #write(path: string, bytes: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), bytes);
  }
}
