import { cosignatureMessage, splitCosignature } from './cosignature.js';
import { signEd25519, verifyEd25519 } from './ed25519.js';
import { SIGNATURE_TYPE, type NoteKey } from './note-key.js';
import { formatSignatureLine, parseSignatureLine, type NoteSignature } from './note-signature.js';
import type { NoteSigner } from './note-signer.js';
import { parsed, refused, type Parsed } from './parsed.js';

/** A note is read whole; every one of ours is under a kilobyte, with many witnesses a few. */
export const MOST_NOTE_BYTES = 1_000_000;
/** C2SP asks for at least 16; Go's own limit. */
export const MOST_SIGNATURES = 100;

/** A note as it was read: nothing of it is to be believed before `verifyNote`. */
export interface SignedNote {
  /** with its final newline */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** C2SP signed-note, strict: UTF-8, no control character but newline, a blank line, then signature lines only. */
export function parseNote(note: string | Uint8Array): Parsed<SignedNote> {
  const whole = typeof note === 'string' ? note : utf8(note);
  if (whole === undefined || !whole.isWellFormed()) return refused('note: is not UTF-8');
  if (Buffer.byteLength(whole) > MOST_NOTE_BYTES) return refused(`note: has more than ${MOST_NOTE_BYTES} bytes`);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) return refused('note: has a control character');
  const blank = whole.lastIndexOf('\n\n');
  if (blank === -1) return refused('note: has no blank line before its signatures');
  if (!whole.endsWith('\n')) return refused('note: does not end in a newline');
  const lines = whole.slice(blank + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return refused(`note: has more than ${MOST_SIGNATURES} signatures`);
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return refused(`note: signature line ${signatures.length + 1} is malformed`);
    signatures.push(signature);
  }
  return parsed({ text: whole.slice(0, blank + 1), signatures });
}

export const formatNote = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures.map(formatSignatureLine).join('')}`;

/** A signature by a known key that is right; of a cosignature also its time. */
export interface VerifiedSignature {
  readonly key: NoteKey;
  readonly signature: NoteSignature;
  /** seconds since 1970, of cosignatures only */
  readonly time?: number;
}

/**
 * The signatures of known keys. Those of other keys are ignored; one of a known key (same name and id) that does not
 * verify spoils the whole note, and so does a note without any by a known key.
 */
export function verifyNote(note: SignedNote, keys: readonly NoteKey[]): Parsed<readonly VerifiedSignature[]> {
  const verified: VerifiedSignature[] = [];
  for (const signature of note.signatures) {
    const key = keys.find(({ name, id }) => name === signature.name && id === signature.keyId);
    if (key === undefined || verified.some((one) => one.key === key)) continue;
    const good = verifySignature(note.text, signature, key);
    if (good === undefined) return refused(`invalid signature by ${key.name}`);
    verified.push(good);
  }
  return verified.length > 0 ? parsed(verified) : refused('no signature by a known key');
}

/** One signature by the key that it names; undefined where it does not verify. */
function verifySignature(text: string, signature: NoteSignature, key: NoteKey): VerifiedSignature | undefined {
  if (signature.loose) return undefined;
  if (key.type === SIGNATURE_TYPE.ed25519) {
    return verifyEd25519(key.publicKey, Buffer.from(text), signature.bytes) ? { key, signature } : undefined;
  }
  const said = splitCosignature(signature.bytes);
  if (said === undefined || !verifyEd25519(key.publicKey, cosignatureMessage(text, said.time), said.ed25519))
    return undefined;
  return { key, signature, time: said.time };
}

/**
 * Signs a text with an Ed25519 key (type 1); cosignatures come from `cosign`.
 *
 * @throws TypeError for a key of another type
 */
export function signText(text: string, { key, privateKey }: NoteSigner): NoteSignature {
  if (key.type !== SIGNATURE_TYPE.ed25519) throw new TypeError('a plain signature needs a key of type 1');
  return { name: key.name, keyId: key.id, bytes: signEd25519(privateKey, Buffer.from(text)) };
}

function utf8(bytes: Uint8Array): string | undefined {
  if (bytes.length > MOST_NOTE_BYTES) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
