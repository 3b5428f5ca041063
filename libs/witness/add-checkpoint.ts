import { decodeBase64 } from '../transparency-log/base64.js';
import { parseCheckpointNote, type CheckpointNote } from '../transparency-log/checkpoint.js';
import { HASH_BYTES } from '../transparency-log/merkle-hash.js';
import { MOST_PROOF_HASHES } from '../transparency-log/merkle-proof.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import { parseSize } from '../transparency-log/tree-size.js';

/** What a log (or anybody) posts: C2SP tlog-witness, add-checkpoint. Read, not verified. */
export interface AddCheckpoint {
  /** of the checkpoint that the sender believes to be the last one cosigned; 0 where none was */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: CheckpointNote;
  /** the posted checkpoint, verbatim */
  readonly note: string;
}

/** Far more than 63 hashes and a checkpoint with 16 large signatures. */
export const MOST_REQUEST_BYTES = 128 * 1024;

/** `old <size>`, the proof's hashes a line each, an empty line, the checkpoint. */
export function parseAddCheckpoint(body: Uint8Array): Parsed<AddCheckpoint> {
  const text = Buffer.from(body).toString('utf8');
  const blank = text.indexOf('\n\n');
  if (blank === -1) return refused('body: has no empty line before its checkpoint');
  const [first = '', ...lines] = text.slice(0, blank).split('\n');
  const oldSize = first.startsWith('old ') ? parseSize(first.slice('old '.length)) : undefined;
  if (oldSize === undefined) return refused('body: its first line is not "old" and a decimal size');
  if (lines.length > MOST_PROOF_HASHES) return refused(`body: has more than ${MOST_PROOF_HASHES} proof lines`);
  const proof: Uint8Array[] = [];
  for (const line of lines) {
    const hash = decodeBase64(line);
    if (hash?.length !== HASH_BYTES)
      return refused(`body: proof line ${proof.length + 1} is not the base64 of 32 bytes`);
    proof.push(hash);
  }
  // Bytes, since text that is no UTF-8 must be refused and not replaced.
  const noteBytes = body.subarray(Buffer.byteLength(text.slice(0, blank + 2)));
  const checkpoint = parseCheckpointNote(noteBytes);
  if (!checkpoint.ok) return checkpoint;
  return parsed({ oldSize, proof, checkpoint: checkpoint.value, note: Buffer.from(noteBytes).toString('utf8') });
}
