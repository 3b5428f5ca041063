import { existsSync } from 'node:fs';
import type { EventStore } from '../event-store/event-store.js';
import { openSigningKey } from '../note-keys/signing-key-file.js';
import { SIGNATURE_TYPE } from '../transparency-log/note-key.js';
import { EventSigner } from './event-signer.js';

/** The name in the key's text form. Keys of one name differ by their id, so one name does for all of an installation. */
export const KEY_NAME = 'baton-events';

/** Of an embedded installation, in its data folder. */
export const SIGNING_KEY_FILE = 'event-signing.key';

/** The store or the key does not allow that events are written; one line that says what to do. */
export class SigningRefused extends Error {
  override name = 'SigningRefused';
  readonly disclosable = true;
}

/**
 * What signs the events of a store: the key in a file of mode 0600, made where there is neither key nor event.
 *
 * @throws SigningRefused where the store has events that are not signed, or has some and the key is gone
 * @throws SigningKeyRefused where the file is no such key, or others may touch it
 */
export async function openEventSigner(
  store: Pick<EventStore, 'readAll'>,
  file: string,
  random: (bytes: number) => Uint8Array,
): Promise<EventSigner> {
  const [first] = await store.readAll({ limit: 1 });
  if (first && first.metadata['sig'] === undefined)
    throw new SigningRefused(
      'the event store was written before events were signed, and cannot be proven: begin with an empty one',
    );
  if (first && !existsSync(file))
    throw new SigningRefused(`${file} is missing: put the signing key of this installation there; no backup holds it`);
  return new EventSigner(openSigningKey(file, KEY_NAME, SIGNATURE_TYPE.ed25519, random));
}
