import { SIGNATURE_BYTES, signEd25519 } from './ed25519.js';
import { SIGNATURE_TYPE } from './note-key.js';
import type { NoteSigner } from './note-signer.js';
import type { NoteSignature } from './note-signature.js';

const TIME_BYTES = 8;

/** What a cosigner signs: a header line, its time, then the checkpoint's text. */
export const cosignatureMessage = (text: string, time: number): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);

/** Time (seconds since 1970) and signature; undefined on another length, and for a time of 0 or from 2^53 on. */
export function splitCosignature(bytes: Uint8Array): { time: number; ed25519: Uint8Array } | undefined {
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const time = Number(Buffer.from(bytes).readBigUInt64BE(0));
  if (time === 0 || !Number.isSafeInteger(time)) return undefined;
  return { time, ed25519: bytes.subarray(TIME_BYTES) };
}

/**
 * Says that, as of this time, the checkpoint is the largest consistent tree that the cosigner has seen of its log. Who
 * calls this has checked that, and keeps it durably before handing it out.
 *
 * @param text the checkpoint's note text, with its final newline
 * @param time seconds since 1970, never 0
 * @throws TypeError for a key of another type, RangeError for a time that is none
 */
export function cosign(text: string, time: number, { key, privateKey }: NoteSigner): NoteSignature {
  if (key.type !== SIGNATURE_TYPE.cosignature) throw new TypeError('a cosignature needs a key of type 4');
  if (!Number.isSafeInteger(time) || time <= 0) throw new RangeError('a cosignature has a time in whole seconds');
  const bytes = Buffer.alloc(TIME_BYTES + SIGNATURE_BYTES);
  bytes.writeBigUInt64BE(BigInt(time));
  bytes.set(signEd25519(privateKey, cosignatureMessage(text, time)), TIME_BYTES);
  return { name: key.name, keyId: key.id, bytes };
}
