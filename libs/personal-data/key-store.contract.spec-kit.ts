import type { BlindIndexEntry } from './blind-index.js';
import type { DataKey } from './envelope.js';
import type { KeyRing } from './key-ring.js';
import { HeldRing } from './key-ring.spec-kit.js';
import { KeyStoreFault, type ContactReservation, type KeyStore, type ReservedContact } from './key-store.js';
import { pepperContract } from './pepper.contract.spec-kit.js';

const email = (mac: string): BlindIndexEntry => ({ kind: 'email', mac });
const phone = (mac: string): BlindIndexEntry => ({ kind: 'phone', mac });

const request = (name: string, ...candidates: BlindIndexEntry[]): ContactReservation => ({
  candidates,
  newContact: `contact-${name}`,
  leadId: `lead-${name}`,
});

const hexOf = ({ key }: DataKey): string => key.export().toString('hex');

async function bytesOf(store: KeyStore, contact: string): Promise<string> {
  const key = await store.keyFor(contact);
  return typeof key === 'string' ? key : hexOf(key);
}

/** What every key store must do. `open` gives an empty one over the given key file; the kit closes it. */
export function keyStoreContract(open: (ring: KeyRing) => Promise<KeyStore>): void {
  let store: KeyStore;
  const reserve = async (reservation: ContactReservation): Promise<Omit<ReservedContact, 'key' | 'optedOut'>> => {
    const reserved = await store.reserveContact(reservation);
    if (reserved === 'erased') throw new Error('unexpectedly erased');
    const { key, optedOut: _, ...contact } = reserved;
    if (key !== undefined) expect(hexOf(key)).toBe(await bytesOf(store, contact.contact));
    return contact;
  };
  beforeEach(async () => {
    store = await open(new HeldRing());
  });
  afterEach(() => store.close());

  describe('reserving a contact', () => {
    it('makes a new one with a key of 32 bytes, known by its addresses, with its lead', async () => {
      const ann = request('ann', email('a'), phone('1'));
      expect(await reserve(ann)).toEqual({ contact: 'contact-ann', minted: true, leadIds: [], others: [] });
      const key = (await store.keyFor('contact-ann')) as DataKey;
      expect(key.version).toBe(1);
      expect(key.key.symmetricKeySize).toBe(32);
      expect(await store.lookup(email('a'))).toBe('contact-ann');
      expect(await store.lookup(phone('1'))).toBe('contact-ann');
      expect(await store.contactLeads('contact-ann')).toEqual(['lead-ann']);
    });

    it.each([[[email('a')]], [[]]])('answers the same when repeated, and makes nothing twice: %j', async (entries) => {
      const ann = request('ann', ...entries);
      const first = await reserve(ann);
      const key = await bytesOf(store, 'contact-ann');
      expect(await reserve(ann)).toEqual(first);
      expect(await bytesOf(store, 'contact-ann')).toBe(key);
      expect(await store.contactLeads('contact-ann')).toEqual(['lead-ann']);
    });

    it('finds a known contact, names its leads and links nothing', async () => {
      await reserve(request('ann', email('a')));
      const again = await reserve(request('again', phone('9'), email('a')));
      expect(again).toEqual({ contact: 'contact-ann', minted: false, leadIds: ['lead-ann'], others: [] });
      expect(await store.contactLeads('contact-ann')).toEqual(['lead-ann']);
      expect(await store.lookup(phone('9'))).toBeUndefined();
      expect(await store.keyFor('contact-again')).toBe('unknown');
    });

    it('leaves its own lead out, once it was linked to the known contact', async () => {
      await reserve(request('ann', email('a')));
      await store.linkLead('contact-ann', 'lead-again');
      expect((await reserve(request('again', email('a')))).leadIds).toEqual(['lead-ann']);
    });

    it('takes e-mail before phone and reports the other contact', async () => {
      await reserve(request('phone', phone('1')));
      await reserve(request('email', email('a')));
      expect(await reserve(request('both', phone('1'), email('a')))).toMatchObject({
        contact: 'contact-email',
        minted: false,
        others: ['contact-phone'],
      });
    });

    it('keeps kinds apart', async () => {
      await reserve(request('ann', email('same')));
      expect((await reserve(request('bob', phone('same')))).minted).toBe(true);
    });

    it('gives each lead without an address a contact of its own', async () => {
      expect((await reserve(request('one'))).contact).toBe('contact-one');
      expect((await reserve(request('two'))).contact).toBe('contact-two');
      expect(await bytesOf(store, 'contact-one')).not.toBe(await bytesOf(store, 'contact-two'));
    });

    it('lets one of fifty racing calls for one address make the contact; all get it and its key', async () => {
      const racing = await Promise.all(
        Array.from({ length: 50 }, (_, at) => reserve(request(String(at), email('a'), phone('1')))),
      );
      expect(racing.filter(({ minted }) => minted)).toHaveLength(1);
      const contacts = new Set(racing.map(({ contact }) => contact));
      expect(contacts.size).toBe(1);
      const keys = await Promise.all(racing.map(({ contact }) => bytesOf(store, contact)));
      expect(new Set(keys).size).toBe(1);
    });

    it('lets racing repetitions of one call agree', async () => {
      const racing = await Promise.all(Array.from({ length: 20 }, () => reserve(request('ann', email('a')))));
      for (const each of racing) expect(each).toEqual(racing[0]);
    });
  });

  describe('a key', () => {
    it('is found by its version only', async () => {
      await reserve(request('ann'));
      expect(await store.keyFor('contact-ann', 1)).toMatchObject({ version: 1 });
      expect(await store.keyFor('contact-ann', 2)).toBe('unknown');
      expect(await store.keyFor('nobody')).toBe('unknown');
    });
  });

  describe('further addresses and leads', () => {
    it('make the contact known by them, again without effect', async () => {
      await reserve(request('ann', email('a')));
      for (const _ of [1, 2]) {
        expect(await store.addIndexEntries('contact-ann', [email('b'), phone('1')])).toEqual({ others: [] });
      }
      expect(await store.lookup(email('b'))).toBe('contact-ann');
      expect(await store.lookup(email('a'))).toBe('contact-ann');
    });

    it('stay with the contact that has them, which is named', async () => {
      await reserve(request('ann', email('a')));
      await reserve(request('bob', email('b')));
      expect(await store.addIndexEntries('contact-ann', [email('b')])).toEqual({ others: ['contact-bob'] });
      expect(await store.lookup(email('b'))).toBe('contact-bob');
      expect(await store.linkLead('contact-ann', 'lead-bob')).toBe('other-contact');
      expect(await store.contactLeads('contact-bob')).toEqual(['lead-bob']);
    });

    it('are linked once, and to a known contact only', async () => {
      await reserve(request('ann'));
      expect(await store.linkLead('contact-ann', 'lead-2')).toBe('linked');
      expect(await store.linkLead('contact-ann', 'lead-2')).toBe('linked');
      expect([...(await store.contactLeads('contact-ann'))].sort()).toEqual(['lead-2', 'lead-ann']);
      expect(await store.linkLead('nobody', 'lead-3')).toBe('unknown');
      expect(await store.addIndexEntries('nobody', [email('n')])).toBe('unknown');
      expect(await store.lookup(email('n'))).toBeUndefined();
    });
  });

  describe('merging', () => {
    beforeEach(async () => {
      for (const [name, mac] of [
        ['ann', 'a'],
        ['bob', 'b'],
        ['cat', 'c'],
      ] as const) {
        await reserve(request(name, email(mac)));
      }
    });

    it('moves addresses and leads to the survivor and leaves each its own key', async () => {
      const keys = [await bytesOf(store, 'contact-ann'), await bytesOf(store, 'contact-bob')];
      expect(await store.mergeContacts('contact-ann', 'contact-bob')).toBe('merged');
      expect(await store.lookup(email('a'))).toBe('contact-bob');
      for (const contact of ['contact-ann', 'contact-bob']) {
        expect([...(await store.contactLeads(contact))].sort()).toEqual(['lead-ann', 'lead-bob']);
      }
      expect([await bytesOf(store, 'contact-ann'), await bytesOf(store, 'contact-bob')]).toEqual(keys);
      expect(await reserve(request('ann', email('a')))).toMatchObject({ contact: 'contact-bob', minted: false });
    });

    it('goes through chains, and again or in a circle changes nothing', async () => {
      await store.mergeContacts('contact-ann', 'contact-bob');
      await store.mergeContacts('contact-bob', 'contact-cat');
      for (const [from, into] of [
        ['contact-ann', 'contact-bob'],
        ['contact-cat', 'contact-ann'],
        ['contact-bob', 'contact-bob'],
      ] as const) {
        expect(await store.mergeContacts(from, into)).toBe('merged');
      }
      for (const mac of ['a', 'b', 'c']) expect(await store.lookup(email(mac))).toBe('contact-cat');
      await store.addIndexEntries('contact-ann', [phone('1')]);
      expect(await store.lookup(phone('1'))).toBe('contact-cat');
      expect(await store.linkLead('contact-ann', 'lead-4')).toBe('linked');
      expect(await store.contactLeads('contact-cat')).toContain('lead-4');
    });

    it('needs two known contacts', async () => {
      expect(await store.mergeContacts('contact-ann', 'nobody')).toBe('unknown');
      expect(await store.mergeContacts('nobody', 'contact-ann')).toBe('unknown');
    });

    it('makes one person of them: erasing either erases all', async () => {
      await store.mergeContacts('contact-ann', 'contact-bob');
      expect([...(await store.erase('contact-ann'))].sort()).toEqual(['contact-ann', 'contact-bob']);
      expect(await store.keyFor('contact-bob')).toBe('erased');
      expect(await store.lookup(email('b'))).toBeUndefined();
      expect(await bytesOf(store, 'contact-cat')).toHaveLength(64);
    });
  });

  describe('erasing', () => {
    it('leaves no key and no address, and nothing comes back', async () => {
      await reserve(request('ann', email('a'), phone('1')));
      expect(await store.erase('contact-ann')).toEqual(['contact-ann']);
      expect(await store.keyFor('contact-ann')).toBe('erased');
      expect(await store.lookup(email('a'))).toBeUndefined();
      expect(await store.lookup(phone('1'))).toBeUndefined();
      expect(await store.reserveContact(request('ann', email('a')))).toBe('erased');
      expect(await store.addIndexEntries('contact-ann', [email('a')])).toBe('erased');
      expect(await store.linkLead('contact-ann', 'lead-2')).toBe('erased');
      expect(await store.lookup(email('a'))).toBeUndefined();
      expect(await store.contactLeads('contact-ann')).toEqual(['lead-ann']);
    });

    it('again erases the same', async () => {
      await reserve(request('ann', email('a')));
      await store.erase('contact-ann');
      expect(await store.erase('contact-ann')).toEqual(['contact-ann']);
    });

    it('lets the person come again as another contact', async () => {
      await reserve(request('ann', email('a')));
      await store.erase('contact-ann');
      expect(await reserve(request('new', email('a')))).toMatchObject({ contact: 'contact-new', minted: true });
    });

    it('fences a contact that is not known yet: no key is minted', async () => {
      expect(await store.erase('contact-ann')).toEqual(['contact-ann']);
      expect(await store.reserveContact(request('ann', email('a')))).toBe('erased');
      expect(await store.keyFor('contact-ann')).toBe('erased');
      expect(await store.lookup(email('a'))).toBeUndefined();
    });

    it('racing a reservation never leaves a key', async () => {
      await Promise.all([
        store.reserveContact(request('ann', email('a'))),
        store.erase('contact-ann'),
        store.reserveContact(request('ann', email('a'))),
      ]);
      expect(await store.keyFor('contact-ann')).toBe('erased');
      expect(await store.lookup(email('a'))).toBeUndefined();
    });

    it('names all that are the person, as does asking for them', async () => {
      for (const name of ['ann', 'bob', 'cat']) await reserve(request(name));
      expect(await store.members('contact-ann')).toEqual(['contact-ann']);
      await store.mergeContacts('contact-cat', 'contact-bob');
      await store.mergeContacts('contact-bob', 'contact-ann');
      for (const name of ['ann', 'bob', 'cat']) {
        expect(await store.members(`contact-${name}`)).toEqual(['contact-ann', 'contact-bob', 'contact-cat']);
      }
      expect(await store.members('nobody')).toEqual(['nobody']);
      expect(await store.erase('contact-bob')).toEqual(['contact-ann', 'contact-bob', 'contact-cat']);
    });

    it('keeps of an address that it is not to be contacted, where that is wanted, and nothing else', async () => {
      await reserve(request('ann', email('a'), phone('1')));
      await reserve(request('bob', email('b')));
      await store.erase('contact-ann', { keepOptOut: true });
      await store.erase('contact-bob');
      await store.erase('contact-ann', { keepOptOut: true });
      const back = (name: string, entry: BlindIndexEntry) => store.reserveContact(request(name, entry));
      expect(await back('new', email('a'))).toMatchObject({ contact: 'contact-new', minted: true, optedOut: true });
      expect(await back('phone', phone('1'))).toMatchObject({ contact: 'contact-phone', optedOut: true });
      expect(await back('other', email('b'))).toMatchObject({ contact: 'contact-other', optedOut: false });
      expect(await back('kind', phone('a'))).toMatchObject({ optedOut: false });
    });

    it('gives a lead that was to be theirs to whoever comes with the address after', async () => {
      await reserve(request('ann', email('a')));
      await store.linkLead('contact-ann', 'lead-new');
      await store.erase('contact-ann');
      expect(await reserve(request('new', email('a')))).toMatchObject({ contact: 'contact-new', leadIds: [] });
      expect(await store.contactLeads('contact-new')).toEqual(['lead-new']);
    });

    it('is unfinished until it is told to be finished, under the contact that tells of it', async () => {
      for (const name of ['ann', 'bob', 'cat']) await reserve(request(name));
      expect(await store.unfinishedErasures()).toEqual([]);
      await store.erase('contact-bob');
      await store.erase('contact-ann', { under: 'contact-cat' });
      await store.erase('contact-cat', { under: 'contact-cat' });
      const ofCat = { contact: 'contact-cat', contacts: ['contact-ann', 'contact-cat'], epoch: 1 };
      expect(await store.unfinishedErasures()).toEqual([
        { contact: 'contact-bob', contacts: ['contact-bob'], epoch: 1 },
        ofCat,
      ]);
      await store.finishErasure('contact-bob');
      await store.erase('contact-bob');
      expect(await store.unfinishedErasures()).toEqual([ofCat]);
      expect(await store.keyFor('contact-bob')).toBe('erased');
    });

    it('remembers up to where the fences are known', async () => {
      expect(await store.fencedUpTo()).toBeUndefined();
      for (const position of ['7', '12']) await store.setFencedUpTo(position);
      expect(await store.fencedUpTo()).toBe('12');
    });

    it('stops merging', async () => {
      await reserve(request('ann'));
      await reserve(request('bob'));
      await store.erase('contact-ann');
      expect(await store.mergeContacts('contact-ann', 'contact-bob')).toBe('erased');
      expect(await store.mergeContacts('contact-bob', 'contact-ann')).toBe('erased');
    });
  });

  it('does one work alone at a time, also after one that failed', async () => {
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await store.members(name);
      order.push(`${name} ends`);
    };
    const failing = store.alone(() => Promise.reject(new Error('out of luck')));
    await Promise.all([store.alone(work('a')), store.alone(work('b')), expect(failing).rejects.toThrow('out of luck')]);
    expect(order).toHaveLength(4);
    expect(order[0]?.slice(0, 1)).toBe(order[1]?.slice(0, 1));
  });

  it('wraps nothing anew where there is one epoch only', async () => {
    await reserve(request('ann'));
    const key = await bytesOf(store, 'contact-ann');
    expect(await store.rewrap(10)).toBe(0);
    expect(await bytesOf(store, 'contact-ann')).toBe(key);
  });

  describe('a new pepper', () => pepperContract(open));

  it('once closed answers with a fault only, which says nothing of what was asked', async () => {
    await store.close();
    const canary = 'zoe-canary@example.org';
    const attempts = [
      () => store.reserveContact(request(canary, email(canary))),
      () => store.keyFor(canary),
      () => store.lookup(email(canary)),
      () => store.linkLead(canary, canary),
      () => store.contactLeads(canary),
      () => store.erase(canary),
      () => store.layPepper(1),
      () => store.members(canary),
    ];
    for (const attempt of attempts) {
      const fault: unknown = await attempt().catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(KeyStoreFault);
      expect(String((fault as Error).stack)).not.toContain(canary);
    }
  });
}
