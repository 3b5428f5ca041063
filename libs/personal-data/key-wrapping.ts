import { createSecretKey } from 'node:crypto';
import { canonicalJson } from '../canonical-json/canonical-json.js';
import { decrypt, encrypt, IV_BYTES, KEY_BYTES, TAG_BYTES } from './aes-gcm.js';
import type { DataKey } from './envelope.js';
import { newestEpoch, type EpochKey, type KeyRing } from './key-ring.js';
import { KeyStoreFault } from './key-store.js';
import type { RandomBytes } from './random-bytes.js';

/** A data key as a database holds it. */
export interface WrappedKey {
  /** of the contact's data key, from 1 */
  readonly version: number;
  /** of the key it is wrapped under */
  readonly epoch: number;
  /** IV, ciphertext and tag, one after the other, in base64url */
  readonly wrapped: string;
}

const WRAPPED_BYTES = IV_BYTES + KEY_BYTES + TAG_BYTES;

/** A data key of which nothing is stored yet: as the database is to hold it, and as it is used from then on. */
export interface MintedKey {
  readonly wrapped: WrappedKey;
  readonly key: DataKey;
}

/** A fresh data key for a contact, wrapped under the newest epoch key. It is of use only once it is stored. */
export function mintKey(contact: string, version: number, ring: KeyRing, random: RandomBytes): MintedKey {
  const bytes = random(KEY_BYTES);
  const wrapped = wrap(contact, version, bytes, ring, random);
  return { wrapped, key: { version, key: createSecretKey(bytes) } };
}

/**
 * The same data key under the newest epoch key.
 *
 * @throws KeyStoreFault as `unwrap`
 */
export function wrapAnew(contact: string, row: WrappedKey, ring: KeyRing, random: RandomBytes): WrappedKey {
  return wrap(contact, row.version, unwrap(contact, row, ring).key.export(), ring, random);
}

function wrap(contact: string, version: number, key: Uint8Array, ring: KeyRing, random: RandomBytes): WrappedKey {
  const epochKey = newestEpoch(ring);
  const binding = bindingOf(contact, version, epochKey);
  const { iv, ciphertext, tag } = encrypt(epochKey.key, random(IV_BYTES), binding, key);
  const wrapped = Buffer.concat([iv, ciphertext, tag]).toString('base64url');
  return { version, epoch: epochKey.epoch, wrapped };
}

/**
 * The data key of a contact.
 *
 * @throws KeyStoreFault when its epoch key is not in the ring, or the row was changed or moved from another contact
 */
export function unwrap(contact: string, { version, epoch, wrapped }: WrappedKey, { epochs }: KeyRing): DataKey {
  const epochKey = epochs.find((each) => each.epoch === epoch);
  if (epochKey === undefined) throw new KeyStoreFault(`no key of epoch ${epoch} in the key file`);
  const bytes = Buffer.from(wrapped, 'base64url');
  if (bytes.length !== WRAPPED_BYTES) throw new KeyStoreFault('a wrapped key has the wrong length');
  const sealed = {
    iv: bytes.subarray(0, IV_BYTES),
    ciphertext: bytes.subarray(IV_BYTES, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  };
  const key = decrypt(epochKey.key, sealed, bindingOf(contact, version, epochKey));
  if (key === undefined) throw new KeyStoreFault('a wrapped key does not open');
  return { version, key: createSecretKey(key) };
}

const bindingOf = (contact: string, dekVer: number, { epoch }: EpochKey): Buffer =>
  Buffer.from(canonicalJson({ contact, dekVer, epoch }));
