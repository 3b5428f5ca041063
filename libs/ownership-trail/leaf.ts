import { canonicalHash, canonicalJson } from '../canonical-json/canonical-json.js';
import type { EventMetadata } from '../contracts/event-metadata.js';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { MOST_ENTRY_BYTES } from '../transparency-log/entry-bundle.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';

/** An Ed25519 signature by the service that wrote the event, over JCS of the leaf's body without `prev` and `sig`. */
export interface EventSignature {
  /** id of the key, 8 hex digits */
  readonly key: string;
  /** 64 bytes, base64 */
  readonly ed25519: string;
}

/**
 * What the log holds of one event, version 1: who did what, in which order, and hashes of the rest. Opaque ids only.
 * A pure function of the stored event but for `prev`, so that anyone who holds the store can compute it again.
 */
export interface Leaf {
  readonly v: 1;
  readonly eventId: string;
  readonly stream: string;
  /** the stream's revision, decimal, from 0 */
  readonly rev: string;
  /** leaf hash of the stream's event before, hex; absent for the first */
  readonly prev?: string;
  readonly type: string;
  readonly actor: EventMetadata['actor'];
  readonly authn: EventMetadata['authn'];
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** who had the lead before and after, as the metadata says */
  readonly change?: JsonObject;
  /** SHA-256 of the JCS of the data, hex */
  readonly dataHash: string;
  /** SHA-256 of the JCS of the metadata without `sig`, hex */
  readonly metaHash: string;
  readonly sig?: EventSignature;
}

/** An event that cannot be sealed: a fault of whoever wrote it, found before anything is in the log. */
export class UnsealableEvent extends Error {
  override name = 'UnsealableEvent';
  readonly disclosable = true;
}

/** The leaf of a stored event. @param prev leaf hash (hex) of the event before it in its stream */
export function leafOf(event: RecordedEvent, prev: string | undefined): Leaf {
  const { sig, ...rest } = event.metadata as JsonObject & { readonly sig?: EventSignature };
  const said = rest as unknown as EventMetadata & { readonly change?: JsonObject };
  return {
    v: 1,
    eventId: event.id,
    stream: event.stream,
    rev: String(event.revision),
    ...(prev === undefined ? {} : { prev }),
    type: event.type,
    actor: said.actor,
    authn: said.authn,
    occurredAt: said.occurredAt,
    recordedAt: said.recordedAt,
    ...(said.change === undefined ? {} : { change: said.change }),
    dataHash: canonicalHash(event.data),
    metaHash: canonicalHash(rest),
    ...(sig === undefined ? {} : { sig }),
  };
}

/**
 * The bytes that are hashed into the tree.
 *
 * @throws UnsealableEvent over 65,535 bytes, which nothing of ours comes near
 */
export function encodeLeaf(leaf: Leaf): Buffer {
  const bytes = Buffer.from(canonicalJson(leaf));
  if (bytes.length > MOST_ENTRY_BYTES) throw new UnsealableEvent(`the leaf of event ${leaf.eventId} is too long`);
  return bytes;
}

/** What the writer of an event signs. */
export function signedBytes({ prev: _prev, sig: _sig, ...body }: Leaf): Buffer {
  return Buffer.from(canonicalJson(body));
}

const TEXTS = ['eventId', 'stream', 'rev', 'type', 'occurredAt', 'recordedAt', 'dataHash', 'metaHash'] as const;
const HASH = /^[0-9a-f]{64}$/;

/** A leaf as it stands in the log: JSON in its one canonical form, with the members that version 1 has. */
export function parseLeaf(bytes: Uint8Array): Parsed<Leaf> {
  const text = Buffer.from(bytes).toString('utf8');
  let leaf: Leaf;
  try {
    leaf = JSON.parse(text) as Leaf;
    if (canonicalJson(leaf) !== text) return refused('leaf: is not canonical JSON');
  } catch {
    return refused('leaf: is not JSON');
  }
  if (leaf === null || typeof leaf !== 'object' || leaf.v !== 1) return refused('leaf: is of no known version');
  const missing = TEXTS.find((name) => typeof leaf[name] !== 'string');
  if (missing !== undefined) return refused(`leaf: ${missing} is missing`);
  if (!/^(0|[1-9]\d{0,15})$/.test(leaf.rev)) return refused('leaf: rev is not a decimal number');
  if (![leaf.dataHash, leaf.metaHash, leaf.prev ?? leaf.dataHash].every((one) => HASH.test(one)))
    return refused('leaf: a hash is not 64 hex digits');
  return parsed(leaf);
}

/** Whether data and metadata of a stored event are those that were sealed. */
export const isSealedAs = (event: RecordedEvent, leaf: Leaf): boolean =>
  canonicalJson(leafOf(event, leaf.prev)) === canonicalJson(leaf);
