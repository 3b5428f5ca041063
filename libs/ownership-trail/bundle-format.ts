import { parseStrictJson } from '../http-kit/strict-json.js';
import { integer, list, nullable, oneOf, optional, record, streamName, text, type Infer } from '../shape/shape.js';
import { decodeBase64 } from '../transparency-log/base64.js';
import { HASH_BYTES } from '../transparency-log/merkle-hash.js';
import { MOST_PROOF_HASHES } from '../transparency-log/merkle-proof.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import { MOST_NOTE_BYTES } from '../transparency-log/signed-note.js';

export const BUNDLE_FORMAT = 'baton-bundle-v1';

/** A stream with more has to be proven from the log itself. */
export const MOST_BUNDLE_LEAVES = 10_000;
/** About 4 KB a leaf. */
export const MOST_BUNDLE_BYTES = 64 * 1024 * 1024;
/** Members and elements: of a leaf at most those of its two checkpoints and of the proofs up to them. */
const MOST_VALUES = 2_000_000;

const size = integer(0, Number.MAX_SAFE_INTEGER);
const note = text(MOST_NOTE_BYTES);

const bundle = record({
  format: oneOf(BUNDLE_FORMAT),
  /** whose leaves these are: all from its first on, as many as the bundle has */
  stream: streamName,
  /** the log's checkpoint when the bundle was made, a signed note: what everything is proven against */
  checkpoint: note,
  /** rising */
  leaves: list(
    record({
      index: size,
      /** C2SP tlog-proof of the leaf (its `extra`) under `checkpoint` */
      proof: text(MOST_BUNDLE_BYTES),
      /** size of the last kept checkpoint without the leaf, null where none is kept */
      before: nullable(size),
      /** size of the first kept checkpoint with it */
      after: size,
    }),
    MOST_BUNDLE_LEAVES,
  ),
  /** what `before` and `after` name, by rising size: as first published, as cosigned last, and that `checkpoint` continues it */
  checkpoints: list(
    record({
      size,
      first: note,
      last: optional(note),
      /** RFC 9162 consistency proof to `checkpoint`; empty from a tree without leaves and from the same size */
      proof: list(text(2 * HASH_BYTES), MOST_PROOF_HASHES),
    }),
    2 * MOST_BUNDLE_LEAVES,
  ),
});

/** All that is needed to prove what happened to one stream, but for the keys (format `baton-bundle-v1`). */
export type TrailBundle = Infer<typeof bundle>;

/** Reads a bundle strictly: the members that the format has, each once, and not one more. Nothing is verified yet. */
export function parseBundle(bytes: Uint8Array): Parsed<TrailBundle> {
  if (bytes.length > MOST_BUNDLE_BYTES) return refused(`bundle: has more than ${MOST_BUNDLE_BYTES} bytes`);
  const json = parseStrictJson(bytes, MOST_VALUES);
  if (!json.ok) return refused(`bundle: ${json.error.field} ${json.error.rule}`);
  const problem = bundle.check(json.value, 'bundle');
  return problem === undefined ? parsed(json.value as TrailBundle) : refused(problem);
}

/** The hashes of a proof as a bundle writes them; undefined where one is none. */
export function proofHashes(texts: readonly string[]): readonly Uint8Array[] | undefined {
  const hashes = texts.flatMap((text) => decodeBase64(text) ?? []);
  return hashes.length === texts.length && hashes.every(({ length }) => length === HASH_BYTES) ? hashes : undefined;
}
