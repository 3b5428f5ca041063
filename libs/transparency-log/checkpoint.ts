import { decodeBase64, encodeBase64 } from './base64.js';
import { HASH_BYTES } from './merkle-hash.js';
import type { NoteKey } from './note-key.js';
import type { NoteSigner } from './note-signer.js';
import { parsed, refused, type Parsed } from './parsed.js';
import { formatNote, parseNote, signText, verifyNote, type SignedNote, type VerifiedSignature } from './signed-note.js';
import { parseSize } from './tree-size.js';

/** A tree's head: what a log says of itself (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** lines after the third, opaque; ours has none */
  readonly extensions: readonly string[];
}

export const formatCheckpoint = ({ origin, size, root, extensions }: Checkpoint): string =>
  [origin, String(size), encodeBase64(root), ...extensions].map((line) => `${line}\n`).join('');

/** The text of a note as a checkpoint: lines that are not empty, a decimal size, a root of 32 bytes. */
export function parseCheckpoint(text: string): Parsed<Checkpoint> {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length < 3) return refused('checkpoint: has fewer than three lines');
  if (lines.includes('')) return refused('checkpoint: has an empty line');
  const [origin = '', sizeText = '', rootText = '', ...extensions] = lines;
  const size = parseSize(sizeText);
  const root = decodeBase64(rootText);
  if (size === undefined) return refused('checkpoint: the size is not a decimal number below 2^53');
  if (root?.length !== HASH_BYTES) return refused('checkpoint: the root is not the base64 of 32 bytes');
  return parsed({ origin, size, root, extensions });
}

/** A checkpoint with the note that carries it: read, not verified. */
export interface CheckpointNote {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

export function parseCheckpointNote(text: string | Uint8Array): Parsed<CheckpointNote> {
  const note = parseNote(text);
  if (!note.ok) return note;
  const checkpoint = parseCheckpoint(note.value.text);
  return checkpoint.ok ? parsed({ checkpoint: checkpoint.value, note: note.value }) : checkpoint;
}

/** The signatures of a log's own keys on its checkpoint; refused where there is none, or a wrong one. */
export function verifyLogSignature(
  { checkpoint, note }: CheckpointNote,
  logKeys: readonly NoteKey[],
): Parsed<readonly VerifiedSignature[]> {
  const keys = logKeys.filter(({ name }) => name === checkpoint.origin);
  return verifyNote(note, keys);
}

/** A checkpoint signed by the log: with several keys while one takes over from the other. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): string {
  const text = formatCheckpoint(checkpoint);
  return formatNote({ text, signatures: signers.map((signer) => signText(text, signer)) });
}
