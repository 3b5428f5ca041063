import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** The one place that imports the cipher functions. Their traps are closed here, for envelopes and wrapped keys alike. */
export const KEY_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

export interface Sealed {
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

type Key = KeyObject | Uint8Array;

/**
 * AES-256-GCM with a 12-byte IV and a 16-byte tag. An IV must never come twice under one key.
 *
 * @throws RangeError when key or IV have another length
 */
export function encrypt(key: Key, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Sealed {
  assertKey(key);
  if (iv.length !== IV_BYTES) throw new RangeError(`an IV has ${IV_BYTES} bytes`);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

/**
 * The plaintext, or undefined where anything at all is wrong: other key, IV, AAD, ciphertext or tag, or a tag or IV of
 * another length (Node by itself takes tags cut down to 4 bytes). Nothing of the plaintext leaves before the tag has
 * been checked, although Node's `update` would hand it out.
 *
 * @throws RangeError when the key has another length
 */
export function decrypt(key: Key, { iv, ciphertext, tag }: Sealed, aad: Uint8Array): Buffer | undefined {
  assertKey(key);
  if (iv.length !== IV_BYTES || tag.length !== TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  const unchecked = decipher.update(ciphertext);
  try {
    return Buffer.concat([unchecked, decipher.final()]);
  } catch {
    unchecked.fill(0);
    return undefined;
  }
}

function assertKey(key: Key): void {
  const bytes = key instanceof Uint8Array ? key.length : key.symmetricKeySize;
  if (bytes !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`);
}
