import type { KeyObject } from 'node:crypto';
import { base64, hexDigits, integer, list, optional, record, type Infer, type Shape } from '../shape/shape.js';
import { decodeBase64, encodeBase64 } from '../transparency-log/base64.js';
import { verifyEd25519 } from '../transparency-log/ed25519.js';
import { HASH_BYTES, leafHash } from '../transparency-log/merkle-hash.js';
import { inclusionRoot } from '../transparency-log/merkle-proof.js';
import { inclusionRanges } from '../transparency-log/proof-ranges.js';
import { bitLength } from '../transparency-log/tree-size.js';

/** Events that one signature may hold for: what waits at once, and few enough that a proof stays short. */
export const MOST_IN_BATCH = 256;
const MOST_PATH_HASHES = bitLength(MOST_IN_BATCH - 1);

const place = record({
  size: integer(2, MOST_IN_BATCH),
  index: integer(0, MOST_IN_BATCH - 1),
  path: list(base64(HASH_BYTES), MOST_PATH_HASHES),
});
type Place = Infer<typeof place>;
/** Index and path must be those of a leaf in a tree of that size: a hash more or less would say nothing. */
const batchPlace: Shape<Place> = {
  ...place,
  check: (value, path) =>
    place.check(value, path) ??
    (isPlace(value as Place) ? undefined : `${path}: must be a place in a batch, with its path`),
};
const isPlace = ({ size, index, path }: Place): boolean =>
  index < size && path.length === inclusionRanges(index, size).length;

/**
 * A signature by the service that wrote the event. Of the event alone, or of the batch of events that were signed with it:
 * then with the place of the event in the tree (RFC 6962) over all of them.
 */
export const eventSignature = record({
  key: hexDigits(4),
  ed25519: base64(64),
  batch: optional(batchPlace),
});
export type EventSignature = Infer<typeof eventSignature>;

/** Of the form, with each base64 text in its one canonical form: a signature must not be written in two ways. */
export function isSignature(sig: unknown): sig is EventSignature {
  if (eventSignature.check(sig, 'sig') !== undefined) return false;
  const { ed25519, batch } = sig as EventSignature;
  return [ed25519, ...(batch?.path ?? [])].every((text) => decodeBase64(text) !== undefined);
}

/** What is signed for a batch, with its tree's root in base64. An event's own text is a JSON object, so neither can be taken for the other. */
export const batchText = (size: number, root: string): string => `baton-events/v1\nsize ${size}\nroot ${root}\n`;

/** Whether the signature holds for what the writer signs of an event. @param sig of the form that `isSignature` asks for */
export function signatureHolds(signed: Uint8Array, sig: EventSignature, publicKey: KeyObject): boolean {
  if (sig.batch === undefined) return verifyEd25519(publicKey, signed, Buffer.from(sig.ed25519, 'base64'));
  const root = rootOver(leafHash(signed), sig.batch);
  return root !== undefined && batchHolds(batchText(sig.batch.size, encodeBase64(root)), sig.ed25519, publicKey);
}

/** Of the tree that has the leaf at that place. */
const rootOver = (leaf: Uint8Array, { size, index, path }: Place): Uint8Array | undefined =>
  inclusionRoot({ leafHash: leaf, size, index, proof: path.map((hash) => Buffer.from(hash, 'base64')) });

/** Batches lie together in the order of commits, so a few are enough to verify each only once. */
const MOST_REMEMBERED = 64;
const verifiedBatches = new WeakMap<KeyObject, Set<string>>();

function batchHolds(text: string, ed25519: string, publicKey: KeyObject): boolean {
  const verified = verifiedBatches.get(publicKey) ?? new Set();
  verifiedBatches.set(publicKey, verified);
  const batch = `${text}${ed25519}`;
  if (verified.has(batch)) return true;
  if (!verifyEd25519(publicKey, Buffer.from(text), Buffer.from(ed25519, 'base64'))) return false;
  for (const oldest of verified) {
    if (verified.size < MOST_REMEMBERED) break;
    verified.delete(oldest);
  }
  verified.add(batch);
  return true;
}
