import { createHmac, type KeyObject } from 'node:crypto';

const ENCRYPT = Buffer.from('lead-pii/enc/v1\x01');
const COMMIT = Buffer.from('lead-pii/commit/v1\x01');

/** What one event is sealed with. Both follow from the contact's key and the event's id alone. */
export interface EventKeys {
  /** AES-256-GCM key of this event only, 32 bytes */
  readonly encryption: Buffer;
  /** public commitment to the key, 32 bytes: GCM alone does not bind a ciphertext to one key */
  readonly commitment: Buffer;
}

/**
 * HKDF-SHA-256 (RFC 5869) with the event id's 16 bytes as salt and 32 bytes out, for both purposes. Extracting once for
 * the two costs less than half of calling `hkdfSync` twice; one block of output is one HMAC with a counter of 1 behind.
 */
export function eventKeys(dataKey: KeyObject, eventId: Uint8Array): EventKeys {
  const extracted = createHmac('sha256', eventId).update(dataKey.export()).digest();
  return {
    encryption: createHmac('sha256', extracted).update(ENCRYPT).digest(),
    commitment: createHmac('sha256', extracted).update(COMMIT).digest(),
  };
}
