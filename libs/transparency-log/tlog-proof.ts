import { decodeBase64, encodeBase64 } from './base64.js';
import { parseCheckpointNote } from './checkpoint.js';
import { HASH_BYTES } from './merkle-hash.js';
import { MOST_PROOF_HASHES, verifyInclusion } from './merkle-proof.js';
import { parsed, refused, type Parsed } from './parsed.js';
import { MOST_NOTE_BYTES } from './signed-note.js';
import type { TlogPolicy } from './tlog-policy.js';
import { parseSize } from './tree-size.js';
import { trustCheckpoint, type TrustedCheckpoint } from './trusted-checkpoint.js';

const HEADER = 'c2sp.org/tlog-proof@v1';
const MOST_TEXT = 2 * MOST_NOTE_BYTES;

/** That something stands at a place of a log, provable without the log (C2SP tlog-proof). */
export interface TlogProof {
  /** not authenticated by itself: here the leaf, which the inclusion proof then binds */
  readonly extra?: Uint8Array;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  /** the signed note, verbatim */
  readonly checkpoint: string;
}

export function formatTlogProof({ extra, index, proof, checkpoint }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${encodeBase64(extra)}`]),
    `index ${index}`,
    ...proof.map(encodeBase64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Strict; the checkpoint is parsed too, but nothing is verified yet. */
export function parseTlogProof(text: string): Parsed<TlogProof> {
  if (text.length > MOST_TEXT) return refused('proof: is too long');
  const blank = text.indexOf('\n\n');
  if (blank === -1) return refused('proof: has no blank line before its checkpoint');
  const [header, ...lines] = text.slice(0, blank).split('\n');
  if (header !== HEADER) return refused(`proof: its first line is not ${HEADER}`);
  const extra =
    lines[0]?.startsWith('extra ') === true ? decodeBase64(lines.shift()?.slice('extra '.length) ?? '') : null;
  if (extra === undefined) return refused('proof: extra is not base64');
  const index = parseSize(/^index (.*)$/.exec(lines.shift() ?? '')?.[1] ?? '');
  if (index === undefined) return refused('proof: has no index line with a decimal number');
  if (lines.length > MOST_PROOF_HASHES) return refused(`proof: has more than ${MOST_PROOF_HASHES} hashes`);
  const proof: Uint8Array[] = [];
  for (const line of lines) {
    const hash = decodeBase64(line);
    if (hash?.length !== HASH_BYTES) return refused(`proof: hash ${proof.length + 1} is not the base64 of 32 bytes`);
    proof.push(hash);
  }
  const checkpoint = text.slice(blank + 2);
  const note = parseCheckpointNote(checkpoint);
  return note.ok ? parsed({ ...(extra ? { extra } : {}), index, proof, checkpoint }) : note;
}

/** That the leaf stands at the proof's index under a checkpoint that the policy knows; the quorum is in the answer. */
export function verifyTlogProof(proof: TlogProof, leafHash: Uint8Array, policy: TlogPolicy): Parsed<TrustedCheckpoint> {
  const trusted = trustCheckpoint(proof.checkpoint, policy);
  if (!trusted.ok) return trusted;
  const { size, root } = trusted.value.checkpoint;
  if (proof.index >= size) return refused(`proof: a tree of ${size} has no leaf ${proof.index}`);
  return verifyInclusion({ leafHash, index: proof.index, size, root, proof: proof.proof })
    ? trusted
    : refused(`proof: leaf ${proof.index} is not in the checkpoint's tree`);
}
