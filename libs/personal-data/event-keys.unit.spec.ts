import { createSecretKey, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { eventKeys } from './event-keys.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('the keys of an event', () => {
  it("are HKDF-SHA-256 as Node's own makes it", () => {
    fc.assert(
      fc.property(bytes(32), bytes(16), (dek, eventId) => {
        const { encryption, commitment } = eventKeys(createSecretKey(dek), eventId);
        expect(encryption).toEqual(Buffer.from(hkdfSync('sha256', dek, eventId, 'lead-pii/enc/v1', 32)));
        expect(commitment).toEqual(Buffer.from(hkdfSync('sha256', dek, eventId, 'lead-pii/commit/v1', 32)));
      }),
    );
  });
});
