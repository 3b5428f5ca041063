import fc from 'fast-check';
import { IndexModel } from './index-model.spec-kit.js';
import type { BlindIndexEntry } from './blind-index.js';
import type { KeyRing } from './key-ring.js';
import { HeldRing } from './key-ring.spec-kit.js';
import { KeyStoreFault, type KeyStore } from './key-store.js';
import { endPepperRotation, rotatePepper } from './pepper-rotation.js';

const email = (mac: string): BlindIndexEntry => ({ kind: 'email', mac });
const phone = (mac: string): BlindIndexEntry => ({ kind: 'phone', mac });
const NAMES = ['ann', 'bob', 'cat', 'dan', 'eve', 'fay'];

/** What a new pepper must leave as it is. `open` gives an empty store over the given key file. */
export function pepperContract(open: (ring: KeyRing) => Promise<KeyStore>): void {
  let ring: HeldRing;
  let store: KeyStore;
  beforeEach(async () => {
    ring = new HeldRing();
    store = await open(ring);
  });
  afterEach(() => store.close());

  const reserve = async (name: string, ...candidates: BlindIndexEntry[]) => {
    const reserved = await store.reserveContact({ candidates, newContact: `contact-${name}`, leadId: `lead-${name}` });
    if (reserved === 'erased') throw new Error('unexpectedly erased');
    return reserved;
  };
  const everybody = () => Promise.all(NAMES.map((name) => reserve(name, email(name), phone(name))));

  it('leaves every address with whom it is, at every row on the way', async () => {
    await everybody();
    ring.addPepper();
    let moved = 0;
    for (let step = 1; step > 0; moved += step) {
      for (const name of NAMES) {
        const contact = `contact-${name}`;
        expect(await store.lookup(email(name))).toBe(contact);
        expect(await reserve(`new-${moved}`, phone(name))).toMatchObject({ contact, minted: false });
        expect(await store.addIndexEntries(contact, [email(name), phone(name)])).toEqual({ others: [] });
        const other = NAMES.find((one) => one !== name)!;
        expect(await store.addIndexEntries(`contact-${other}`, [phone(name)])).toEqual({ others: [contact] });
      }
      expect(await store.lookup(email('nobody'))).toBeUndefined();
      step = await store.layPepper(1);
    }
    expect(moved).toBe(2 * NAMES.length);
    expect(await store.isUnderNewestPepper()).toBe(true);
  });

  it('is laid over by one call, which says how many rows it recomputed', async () => {
    expect(await store.isUnderNewestPepper()).toBe(true);
    await everybody();
    expect(await rotatePepper(ring, store)).toEqual({ pepper: 2, recomputed: 2 * NAMES.length });
    await reserve('new', email('new'));
    expect(await rotatePepper(ring, store)).toEqual({ pepper: 3, recomputed: 2 * NAMES.length + 1 });
    for (const name of [...NAMES, 'new']) expect(await store.lookup(email(name))).toBe(`contact-${name}`);
  });

  it('gives no address two owners, whoever asks for it at the same time', async () => {
    const addresses = Array.from({ length: 20 }, (_, at) => `a${at}`);
    const asked = [0, 1, 2, 3, 4].flatMap((round) => addresses.map((address) => ({ address, round })));
    const rotating = (async () => {
      for (let rotations = 0; rotations < 3; rotations += 1) {
        ring.addPepper();
        while ((await store.layPepper(3)) > 0);
      }
    })();
    const owners = new Map<string, Set<string>>();
    for (let at = 0; at < asked.length; at += 10) {
      const reserved = await Promise.all(
        asked.slice(at, at + 10).map(async ({ address, round }) => {
          const { contact } = await reserve(`${address}-${round}`, email(address), phone(address));
          return { address, contact };
        }),
      );
      for (const { address, contact } of reserved) owners.set(address, (owners.get(address) ?? new Set()).add(contact));
    }
    await rotating;
    for (const address of addresses) {
      expect([...owners.get(address)!]).toEqual([await store.lookup(email(address))]);
      expect(await store.lookup(phone(address))).toBe(await store.lookup(email(address)));
    }
  });

  it('leaves opted out who was, over several peppers, and erases whom it is to', async () => {
    await everybody();
    await store.erase('contact-ann', { keepOptOut: true });
    ring.addPepper();
    // The row of the index is under the old pepper still, and so becomes the opt-out.
    await store.erase('contact-bob', { keepOptOut: true });
    await store.erase('contact-cat');
    const again = await reserve('ann-again', email('ann'));
    expect(again).toMatchObject({ contact: 'contact-ann-again', optedOut: true });
    // Opted out twice, under two peppers.
    await store.erase('contact-ann-again', { keepOptOut: true });
    for (const asked of ['first', 'second', 'third']) {
      for (const name of ['ann', 'bob']) {
        for (const entry of [email(name), phone(name)]) {
          const back = await reserve(`${name}-${asked}-${entry.kind}`, entry);
          expect(back).toMatchObject({ minted: true, optedOut: true });
          await store.erase(back.contact);
        }
      }
      const other = await reserve(`cat-${asked}`, email('cat'));
      expect(other).toMatchObject({ minted: true, optedOut: false });
      await store.erase(other.contact);
      if (asked === 'first') while ((await store.layPepper(2)) > 0);
      else await rotatePepper(ring, store);
    }
  });

  it.each([1, 2, 3])(
    'that was interrupted after %i calls is ended by asking again, or by the next start',
    async (at) => {
      await everybody();
      await store.erase('contact-fay', { keepOptOut: true });
      let calls = 0;
      const failing: KeyStore = Object.assign(Object.create(store) as KeyStore, {
        alone: <Result>(work: () => Promise<Result>) => work(),
        isUnderNewestPepper: () => store.isUnderNewestPepper(),
        async layPepper() {
          calls += 1;
          if (calls === at) throw new KeyStoreFault('the key store is away');
          return store.layPepper(4);
        },
      });
      await expect(rotatePepper(ring, failing)).rejects.toThrow('away');
      expect(await store.isUnderNewestPepper()).toBe(false);
      expect(await store.lookup(email('eve'))).toBe('contact-eve');
      const left = 2 * NAMES.length - 4 * (at - 1);
      if (at === 2) expect(await endPepperRotation(ring, store)).toBe(left);
      else expect(await rotatePepper(ring, store)).toEqual({ pepper: 2, recomputed: left });
      expect(await endPepperRotation(ring, store)).toBe(0);
      for (const name of NAMES.slice(0, -1)) expect(await store.lookup(phone(name))).toBe(`contact-${name}`);
      expect(await reserve('fay-again', phone('fay'))).toMatchObject({ minted: true, optedOut: true });
    },
  );

  it('changes nothing in any history of reserving, adding, merging, erasing and peppers', async () => {
    let runs = 0;
    const step = fc.oneof(
      fc.record({ kind: fc.constant('reserve' as const), addresses: fc.uniqueArray(fc.nat(4), { maxLength: 3 }) }),
      fc.record({ kind: fc.constant('add' as const), contact: fc.nat(), address: fc.nat(4) }),
      fc.record({ kind: fc.constant('merge' as const), contact: fc.nat(), into: fc.nat() }),
      fc.record({ kind: fc.constant('erase' as const), contact: fc.nat(), keepOptOut: fc.boolean() }),
      fc.record({ kind: fc.constant('pepper' as const) }),
      fc.record({ kind: fc.constant('lay' as const), rows: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('rotate' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (history) => {
        const model = new IndexModel(store, `run-${(runs += 1)}`);
        for (const each of history) {
          if (each.kind === 'pepper') ring.addPepper();
          else if (each.kind === 'lay') await store.layPepper(each.rows);
          else if (each.kind === 'rotate') await rotatePepper(ring, store);
          else await model.does(each);
          await model.agrees();
        }
      }),
      { numRuns: 20, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);
}

/** The same of a store that several processes share: here each call of `open` opens the same one. */
export function sharedPepperContract(open: (ring: KeyRing) => Promise<KeyStore>): void {
  const request = (name: string) => ({
    candidates: [email(name), phone(name)],
    newContact: `contact-${name}`,
    leadId: `lead-${name}`,
  });
  const opened: KeyStore[] = [];
  const process = async (ring: HeldRing) => {
    opened.push(await open(ring));
    return { ring, store: opened.at(-1)! };
  };
  afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));

  it('is met by a process that has not read the key file since: it reads it, and finds everybody', async () => {
    const one = await process(new HeldRing());
    const behind = await Promise.all([1, 2, 3, 4].map(() => process(one.ring.readAgain())));
    await Promise.all(NAMES.map((name) => one.store.reserveContact(request(name))));
    await one.store.erase('contact-bob', { keepOptOut: true });
    await rotatePepper(one.ring, one.store);
    const [looks, reserves, adds, optsOut] = behind.map(({ store }) => store) as [
      KeyStore,
      KeyStore,
      KeyStore,
      KeyStore,
    ];
    expect(await looks.lookup(email('ann'))).toBe('contact-ann');
    const again = { ...request('ann'), newContact: 'contact-new' };
    expect(await reserves.reserveContact(again)).toMatchObject({ contact: 'contact-ann', minted: false });
    expect(await adds.addIndexEntries('contact-cat', [email('dan'), email('fresh')])).toEqual({
      others: ['contact-dan'],
    });
    expect(await one.store.lookup(email('fresh'))).toBe('contact-cat');
    const back = { ...request('bob'), newContact: 'contact-back' };
    expect(await optsOut.reserveContact(back)).toMatchObject({ contact: 'contact-back', optedOut: true });
    for (const { ring } of behind) expect(ring.peppers).toHaveLength(2);
    expect(await one.store.isUnderNewestPepper()).toBe(true);
  });

  it('that one process has read of but no store was told is told before anybody is reserved under it', async () => {
    const [one, two] = [await process(new HeldRing()), await process(new HeldRing())];
    const three = await process(one.ring.readAgain());
    one.ring.addPepper();
    expect(await one.store.reserveContact(request('ann'))).toMatchObject({ minted: true });
    expect(await three.store.reserveContact({ ...request('ann'), newContact: 'contact-other' })).toMatchObject({
      contact: 'contact-ann',
    });
    // Its file is another one, which stays as it was.
    await expect(two.store.reserveContact(request('bob'))).rejects.toThrow('behind the key store');
    await expect(two.store.addIndexEntries('contact-ann', [email('bob')])).rejects.toThrow('behind the key store');
    await expect(two.store.lookup(email('ann'))).rejects.toThrow(KeyStoreFault);
  });

  it('gives no address two owners, however many processes ask for it', async () => {
    const one = await process(new HeldRing());
    const others = await Promise.all([1, 2].map(() => process(one.ring.readAgain())));
    const owners = new Map<string, Set<string>>();
    let rotating = true;
    const asking = others.map(async ({ store }, which) => {
      for (let round = 0; rotating || round < 3; round += 1) {
        const reserved = await Promise.all(
          NAMES.map((name) => store.reserveContact({ ...request(name), newContact: `${name}-${which}-${round}` })),
        );
        reserved.forEach((each, at) => {
          if (each === 'erased') throw new Error('unexpectedly erased');
          owners.set(NAMES[at]!, (owners.get(NAMES[at]!) ?? new Set()).add(each.contact));
        });
      }
    });
    try {
      for (let rotations = 0; rotations < 3; rotations += 1) {
        one.ring.addPepper();
        while ((await one.store.layPepper(1)) > 0);
      }
    } finally {
      rotating = false;
    }
    await Promise.all(asking);
    for (const name of NAMES) expect([...owners.get(name)!]).toEqual([await one.store.lookup(phone(name))]);
  });

  it('is missed by a key file from before it, with which the store is not opened', async () => {
    const one = await process(new HeldRing());
    await rotatePepper(one.ring, one.store);
    await expect(open(new HeldRing())).rejects.toThrow(/^the key file is behind the key store: put the newest one/);
    await expect(open(one.ring.readAgain())).resolves.toBeDefined();
  });
}
