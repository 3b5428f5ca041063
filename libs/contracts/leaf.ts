import { hash } from 'node:crypto';
import { canonicalHash, canonicalJson, hashOfText } from '../canonical-json/canonical-json.js';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { EventTexts } from '../event-store/ready-event.js';
import { MOST_ENTRY_BYTES } from '../transparency-log/entry-bundle.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import type { EventMetadata } from './event-metadata.js';
import { eventMetadata } from './event-metadata-shape.js';
import { isSignature, type EventSignature } from './event-signature.js';

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
  /** absent where no token was involved: an operator's decision about a view */
  readonly authn?: EventMetadata['authn'];
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** who had the lead before and after, as the metadata says */
  readonly change?: JsonObject;
  /** SHA-256 of the JCS of the data, hex */
  readonly dataHash: string;
  /** SHA-256 of the JCS of the metadata without `sig`, hex */
  readonly metaHash: string;
  /** absent only in a leaf of an event that was quarantined for that */
  readonly sig?: EventSignature;
  /** The event broke a rule of sealing; an operator and an auditor decided in `log-quarantine` that it is sealed so. */
  readonly quarantined?: true;
}

/** An event with its place in its stream: all that a leaf is made of. */
export type PlacedEvent = Omit<RecordedEvent, 'position'>;

/** An event that cannot be sealed: a fault of whoever wrote it, found before anything is in the log. */
export class UnsealableEvent extends Error {
  override name = 'UnsealableEvent';
  readonly disclosable = true;
}

/** The leaf of a stored event. @param prev leaf hash (hex) of the event before it in its stream */
export function leafOf(event: PlacedEvent, prev: string | undefined): Leaf {
  const { sig, ...metadata } = event.metadata as JsonObject & { readonly sig?: EventSignature };
  const hashes = { data: canonicalHash(event.data), metadata: canonicalHash(metadata) };
  return leafWith({ ...event, metadata }, hashes, prev, sig);
}

/**
 * What a leaf says of an event that is yet to be signed.
 *
 * @param texts JCS of its data and of its metadata
 */
export const unsignedLeaf = (event: PlacedEvent, { data, metadata }: EventTexts): Leaf =>
  leafWith(event, { data: hashOfText(data), metadata: hashOfText(metadata) }, undefined, undefined);

function leafWith(
  event: PlacedEvent,
  hashes: EventTexts,
  prev: string | undefined,
  sig: EventSignature | undefined,
): Leaf {
  const said = event.metadata as unknown as Omit<EventMetadata, 'authn' | 'change'> & Pick<Leaf, 'authn' | 'change'>;
  // In the order of canonical JSON, which then has nothing to sort.
  return {
    actor: said.actor,
    ...(said.authn === undefined ? {} : { authn: said.authn }),
    ...(said.change === undefined ? {} : { change: said.change }),
    dataHash: hashes.data,
    eventId: event.id,
    metaHash: hashes.metadata,
    occurredAt: said.occurredAt,
    ...(prev === undefined ? {} : { prev }),
    recordedAt: said.recordedAt,
    rev: String(event.revision),
    ...(sig === undefined ? {} : { sig }),
    stream: event.stream,
    type: event.type,
    v: 1,
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

/** What the writer of an event signs: the leaf as the event alone makes it, without what is known only on sealing. */
export function signedText({ prev: _prev, sig: _sig, quarantined: _quarantined, ...body }: Leaf): string {
  return canonicalJson(body);
}
export const signedBytes = (leaf: Leaf): Buffer => Buffer.from(signedText(leaf));

/** By which a quarantine names what is to be sealed: SHA-256 of what the writer would have signed, hex. */
export const leafBodyHash = (leaf: Leaf): string => hash('sha256', signedBytes(leaf), 'hex');

/**
 * The leaf of an event that breaks a rule of sealing and is sealed by a decision in `log-quarantine`. Whoever wrote it
 * past the commands may have put anything into its metadata: what is not of the form that a leaf has is left out, and is
 * still named by `metaHash`.
 */
export function quarantinedLeaf(event: PlacedEvent, prev: string | undefined): Leaf {
  const { sig, ...metadata } = event.metadata;
  const { actor, authn, occurredAt, recordedAt, change } = eventMetadata.fields;
  const kept: JsonObject = {};
  for (const [name, shape] of Object.entries({ actor, authn, occurredAt, recordedAt, change })) {
    const value = metadata[name];
    if (value !== undefined && shape.check(value, '') === undefined) Object.assign(kept, { [name]: value });
  }
  return {
    v: 1,
    eventId: event.id,
    stream: event.stream,
    rev: String(event.revision),
    ...(prev === undefined ? {} : { prev }),
    type: event.type,
    ...kept,
    dataHash: hashOf(event.data),
    metaHash: hashOf(metadata),
    ...(isSignature(sig) ? { sig } : {}),
    quarantined: true,
  } as unknown as Leaf;
}

/** Half a character or too much depth has no canonical form: then of the text as JSON.stringify gives it. */
function hashOf(value: JsonObject): string {
  try {
    return canonicalHash(value);
  } catch {
    return hash('sha256', JSON.stringify(value), 'hex');
  }
}

const ALWAYS = ['eventId', 'stream', 'rev', 'type', 'dataHash', 'metaHash'] as const;
const UNLESS_QUARANTINED = ['occurredAt', 'recordedAt'] as const;
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
  const quarantined = leaf.quarantined as unknown;
  if (quarantined !== undefined && quarantined !== true) return refused('leaf: quarantined is not true');
  const texts = quarantined ? ALWAYS : [...ALWAYS, ...UNLESS_QUARANTINED];
  const missing = texts.find((name) => typeof leaf[name] !== 'string');
  if (missing !== undefined) return refused(`leaf: ${missing} is missing`);
  if (!/^(0|[1-9]\d{0,15})$/.test(leaf.rev)) return refused('leaf: rev is not a decimal number');
  if (![leaf.dataHash, leaf.metaHash, leaf.prev ?? leaf.dataHash].every((one) => HASH.test(one)))
    return refused('leaf: a hash is not 64 hex digits');
  if (leaf.sig !== undefined && !isSignature(leaf.sig))
    return refused('leaf: sig is not a key id and a signature, alone or of a batch');
  return parsed(leaf);
}

/** Whether data and metadata of a stored event are those that were sealed. */
export const isSealedAs = (event: PlacedEvent, leaf: Leaf): boolean =>
  canonicalJson((leaf.quarantined ? quarantinedLeaf : leafOf)(event, leaf.prev)) === canonicalJson(leaf);
