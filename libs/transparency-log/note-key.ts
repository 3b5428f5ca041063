import { hash, type KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64.js';
import { PUBLIC_KEY_BYTES, publicKeyOf } from './ed25519.js';
import { parsed, refused, type Parsed } from './parsed.js';

/** C2SP signed-note, "Signature types": the two that Baton speaks. An ADR says why not yet ML-DSA-44. */
export const SIGNATURE_TYPE = { ed25519: 0x01, cosignature: 0x04 } as const;
export type SignatureType = (typeof SIGNATURE_TYPE)[keyof typeof SIGNATURE_TYPE];

/** Long enough for the URL-like names that are usual, short enough to be kept and logged. */
const MOST_NAME_BYTES = 255;

/** A key by which signatures of notes are checked. */
export interface NoteKey {
  readonly name: string;
  /** 32 bits */
  readonly id: number;
  readonly type: SignatureType;
  readonly publicKey: KeyObject;
  /** the 32 bytes by which two keys are the same, whatever their names */
  readonly publicBytes: Uint8Array;
}

/** Not empty, no plus sign, no Unicode space, no control character, at most 255 bytes. */
export const isKeyName = (name: string): boolean =>
  name !== '' && Buffer.byteLength(name) <= MOST_NAME_BYTES && name.isWellFormed() && !/[\s\p{Z}\p{Cc}+]/u.test(name);

/** The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as a number. */
export function keyId(name: string, type: SignatureType, publicBytes: Uint8Array): number {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicBytes]);
  return hash('sha256', input, 'buffer').readUInt32BE(0);
}

/** @throws RangeError for what is no key name or not 32 bytes */
export function noteKey(name: string, type: SignatureType, publicBytes: Uint8Array): NoteKey {
  if (!isKeyName(name)) throw new RangeError('a key name is not empty and has no spaces and no plus sign');
  return { name, id: keyId(name, type, publicBytes), type, publicKey: publicKeyOf(publicBytes), publicBytes };
}

export const idHex = (id: number): string => id.toString(16).padStart(8, '0');

/** `name+keyid+base64(type ‖ public key)`, as it is handed out. */
export const formatVkey = (key: NoteKey): string =>
  `${key.name}+${idHex(key.id)}+${encodeBase64(Buffer.concat([Buffer.of(key.type), key.publicBytes]))}`;

/** A verifier key in its text form. The id must be the one that its name, type and key give. */
export function parseVkey(text: string): Parsed<NoteKey> {
  // Base64 has plus signs too: only the first two separate.
  const [, name = '', id = '', material = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(text) ?? [];
  if (!isKeyName(name)) return refused('vkey: is name+key id+key, the id 8 lower-case hex digits');
  const bytes = decodeBase64(material);
  const type = Object.values(SIGNATURE_TYPE).find((one) => one === bytes?.[0]);
  if (bytes === undefined) return refused('vkey: its key is not base64');
  if (type === undefined) return refused('vkey: its type is neither Ed25519 (1) nor Ed25519 cosignature (4)');
  const publicBytes = bytes.subarray(1);
  if (publicBytes.length !== PUBLIC_KEY_BYTES) return refused(`vkey: an Ed25519 key has ${PUBLIC_KEY_BYTES} bytes`);
  const key = noteKey(name, type, publicBytes);
  return idHex(key.id) === id ? parsed(key) : refused('vkey: its id is not that of its name and key');
}
