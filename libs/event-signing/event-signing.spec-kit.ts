import { idHex, SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import type { EventKeys } from '../contracts/event-keys.js';
import { EventSigner } from './event-signer.js';

/** A key of which everybody knows the seed. */
export const testNoteSigner = (seed = 7) => noteSigner('baton-events', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, seed));

export const testSigner = (seed?: number): EventSigner => new EventSigner(testNoteSigner(seed));

/** The keys with which events of `testSigner` are checked, in use always. */
export const testEventKeys = (seed?: number): EventKeys => {
  const { key } = testNoteSigner(seed);
  return new Map([[idHex(key.id), { key, from: '1970-01-01T00:00:00.000Z' }]]);
};
