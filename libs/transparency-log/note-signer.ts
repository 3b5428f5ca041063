import type { KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64.js';
import { privateKeyOf, publicBytesOf, SEED_BYTES } from './ed25519.js';
import { idHex, noteKey, SIGNATURE_TYPE, type NoteKey, type SignatureType } from './note-key.js';
import { parsed, refused, type Parsed } from './parsed.js';

/** A private key with the name and the type under which it signs. */
export interface NoteSigner {
  readonly key: NoteKey;
  readonly privateKey: KeyObject;
}

/** @throws RangeError for what is no key name or no seed of 32 bytes */
export function noteSigner(name: string, type: SignatureType, seed: Uint8Array): NoteSigner {
  const privateKey = privateKeyOf(seed);
  return { key: noteKey(name, type, publicBytesOf(privateKey)), privateKey };
}

const HEAD = 'PRIVATE+KEY+';

/** `PRIVATE+KEY+name+keyid+base64(type ‖ seed)`, the form that Go's note package reads. A secret: only for key files. */
export const formatSkey = (name: string, type: SignatureType, seed: Uint8Array): string => {
  const { key } = noteSigner(name, type, seed);
  return `${HEAD}${name}+${idHex(key.id)}+${encodeBase64(Buffer.concat([Buffer.of(type), seed]))}`;
};

/** A signing key in its text form. Nothing of it is repeated in the problem. */
export function parseSkey(text: string): Parsed<NoteSigner> {
  const [, name, id, material = ''] = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([^\s]+)$/u.exec(text) ?? [];
  const bytes = decodeBase64(material);
  const type = Object.values(SIGNATURE_TYPE).find((one) => one === bytes?.[0]);
  if (name === undefined || bytes?.length !== 1 + SEED_BYTES || type === undefined)
    return refused('signing key: is PRIVATE+KEY+name+key id+base64(type and 32-byte seed)');
  const signer = noteSigner(name, type, bytes.subarray(1));
  return idHex(signer.key.id) === id ? parsed(signer) : refused('signing key: its id is not that of its name and key');
}
