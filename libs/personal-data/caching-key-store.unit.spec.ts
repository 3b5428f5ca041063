import { randomBytes } from 'node:crypto';
import { cachingKeyStore } from './caching-key-store.js';
import type { DataKey } from './envelope.js';
import { keyRing } from './key-ring.spec-kit.js';
import { keyStoreContract } from './key-store.contract.spec-kit.js';
import type { ContactReservation, KeyStore, ReservedContact } from './key-store.js';
import { MemoryKeyStore } from './memory-key-store.js';

/** A store whose readings are counted, and whose answers can be held up. */
class SlowKeyStore extends MemoryKeyStore {
  readings = 0;
  tellsKeys = false;
  private holding: Promise<void> | undefined;

  holdAnswers(): () => void {
    let release = (): void => undefined;
    this.holding = new Promise((resolve) => (release = resolve));
    return release;
  }

  override async reserveContact(reservation: ContactReservation): Promise<ReservedContact | 'erased'> {
    // At one go: nothing comes between the reservation and its key.
    const [reserved, key] = await Promise.all([
      super.reserveContact(reservation),
      super.keyFor(reservation.newContact),
    ]);
    await this.holding;
    if (reserved === 'erased' || typeof key === 'string' || !this.tellsKeys) return reserved;
    return { ...reserved, key };
  }

  override async keyFor(contact: string, version?: number): Promise<DataKey | 'erased' | 'unknown'> {
    this.readings += 1;
    const found = await super.keyFor(contact, version);
    await this.holding;
    return found;
  }
}

const ann = { candidates: [], newContact: 'contact-ann', leadId: 'lead-ann' };
const bob = { candidates: [], newContact: 'contact-bob', leadId: 'lead-bob' };

describe('the caching key store', () => {
  describe('keeps the contract', () =>
    keyStoreContract(async (ring) => cachingKeyStore(new MemoryKeyStore(randomBytes, ring), { elapsed: () => 0 })));

  let now: number;
  let below: SlowKeyStore;
  let store: KeyStore;
  beforeEach(async () => {
    now = 0;
    below = new SlowKeyStore(randomBytes, keyRing());
    store = cachingKeyStore(below, { elapsed: () => now, capacity: 1 });
    await store.reserveContact(ann);
    await store.reserveContact(bob);
  });

  it('reads a key once in 60 s', async () => {
    const key = await store.keyFor('contact-ann');
    now = 59_999;
    expect(await store.keyFor('contact-ann')).toBe(key);
    expect(below.readings).toBe(1);
    now = 60_000;
    await store.keyFor('contact-ann');
    expect(below.readings).toBe(2);
  });

  it('learns within 60 s of an erasing by another process, however long its own reading took', async () => {
    const release = below.holdAnswers();
    const reading = store.keyFor('contact-ann');
    now = 50_000;
    release();
    await reading;
    await below.erase('contact-ann');
    now = 60_000;
    expect(await store.keyFor('contact-ann')).toBe('erased');
  });

  it('does not read the key of a contact that it has seen being made, for 60 s', async () => {
    below.tellsKeys = true;
    const reserved = await store.reserveContact({ candidates: [], newContact: 'contact-cat', leadId: 'lead-cat' });
    now = 59_999;
    expect(await store.keyFor('contact-cat')).toBe((reserved as ReservedContact).key);
    expect(below.readings).toBe(0);
    now = 60_000;
    await store.keyFor('contact-cat');
    expect(below.readings).toBe(1);
  });

  it('does not keep the key of a contact that was erased while it was being made', async () => {
    below.tellsKeys = true;
    const release = below.holdAnswers();
    const reserving = store.reserveContact({ candidates: [], newContact: 'contact-cat', leadId: 'lead-cat' });
    await store.erase('contact-cat');
    release();
    expect(await reserving).toMatchObject({ key: { version: 1 } });
    expect(await store.keyFor('contact-cat')).toBe('erased');
  });

  it('holds no more keys than it may', async () => {
    for (const contact of ['contact-ann', 'contact-bob', 'contact-ann']) await store.keyFor(contact);
    expect(below.readings).toBe(3);
  });

  it('keeps no word that there is no key', async () => {
    expect(await store.keyFor('contact-cat')).toBe('unknown');
    await below.reserveContact({ candidates: [], newContact: 'contact-cat', leadId: 'lead-cat' });
    expect(await store.keyFor('contact-cat')).toMatchObject({ version: 1 });
  });

  it('drops keys on erasing, also those of contacts merged and those being read', async () => {
    await store.mergeContacts('contact-ann', 'contact-bob');
    await store.keyFor('contact-bob');
    await store.erase('contact-ann');
    expect(await store.keyFor('contact-bob')).toBe('erased');
  });

  it('does not keep a key whose reading began before the erasing and ended after', async () => {
    const release = below.holdAnswers();
    const reading = store.keyFor('contact-ann');
    await store.erase('contact-ann');
    release();
    expect(await reading).toMatchObject({ version: 1 });
    expect(await store.keyFor('contact-ann')).toBe('erased');
  });
});
