import type { BlindIndexEntry } from './blind-index.js';
import type { KeyStore } from './key-store.js';

export type IndexStep =
  | { readonly kind: 'reserve'; readonly addresses: readonly number[] }
  | { readonly kind: 'add'; readonly contact: number; readonly address: number }
  | { readonly kind: 'merge'; readonly contact: number; readonly into: number }
  | { readonly kind: 'erase'; readonly contact: number; readonly keepOptOut: boolean };

const ADDRESSES = [0, 1, 2, 3, 4];

/** What a key store should answer of five addresses that nobody else uses, told in terms that know no pepper. */
export class IndexModel {
  readonly #owners = new Map<number, string>();
  readonly #optedOut = new Set<number>();
  readonly #erased = new Set<string>();
  readonly #contacts: string[] = [];
  /** of a merged contact */
  readonly #survivors = new Map<string, string>();

  constructor(
    private readonly store: KeyStore,
    private readonly name: string,
  ) {}

  /** Does the step in both, and holds the answers against each other. */
  async does(step: IndexStep): Promise<void> {
    if (step.kind === 'reserve') return this.#reserve(step.addresses);
    const contact = this.#pick(step.contact);
    if (contact === undefined) return;
    if (step.kind === 'add') return this.#add(contact, step.address);
    if (step.kind === 'merge') return this.#merge(contact, this.#pick(step.into) ?? contact);
    return this.#erase(contact, step.keepOptOut);
  }

  /** Every address is whose it should be. */
  async agrees(): Promise<void> {
    for (const address of ADDRESSES)
      expect(await this.store.lookup(this.#entry(address))).toBe(this.#owners.get(address));
  }

  async #reserve(addresses: readonly number[]): Promise<void> {
    const newContact = `${this.name}-contact-${this.#contacts.length}`;
    // E-mails before phones, each in the order given.
    const owned = [...addresses.filter(isEmail), ...addresses.filter((one) => !isEmail(one))].flatMap(
      (address) => this.#owners.get(address) ?? [],
    );
    const contact = owned[0] ?? newContact;
    const candidates = addresses.map((address) => this.#entry(address));
    const reserved = await this.store.reserveContact({ candidates, newContact, leadId: `lead-${newContact}` });
    expect(reserved).toMatchObject({
      contact,
      minted: contact === newContact,
      others: [...new Set(owned)].filter((one) => one !== contact),
      optedOut: addresses.some((address) => this.#optedOut.has(address)),
    });
    if (contact !== newContact) return;
    this.#contacts.push(newContact);
    for (const address of addresses) this.#owners.set(address, newContact);
  }

  async #add(contact: string, address: number): Promise<void> {
    const answer = await this.store.addIndexEntries(contact, [this.#entry(address)]);
    if (this.#erased.has(contact)) return expect(answer).toBe('erased');
    const survivor = this.#survivorOf(contact);
    const owner = this.#owners.get(address) ?? survivor;
    expect(answer).toEqual({ others: owner === survivor ? [] : [owner] });
    this.#owners.set(address, owner);
  }

  async #merge(from: string, into: string): Promise<void> {
    const isErased = this.#erased.has(from) || this.#erased.has(into);
    expect(await this.store.mergeContacts(from, into)).toBe(isErased ? 'erased' : 'merged');
    const [gone, kept] = [this.#survivorOf(from), this.#survivorOf(into)];
    if (isErased || gone === kept) return;
    for (const contact of this.#contacts) if (this.#survivorOf(contact) === gone) this.#survivors.set(contact, kept);
    for (const [address, owner] of this.#owners) if (owner === gone) this.#owners.set(address, kept);
  }

  async #erase(contact: string, keepOptOut: boolean): Promise<void> {
    await this.store.erase(contact, { keepOptOut });
    const survivor = this.#survivorOf(contact);
    for (const one of this.#contacts) if (this.#survivorOf(one) === survivor) this.#erased.add(one);
    for (const [address, owner] of this.#owners) {
      if (owner !== survivor) continue;
      this.#owners.delete(address);
      if (keepOptOut) this.#optedOut.add(address);
    }
  }

  #entry(address: number): BlindIndexEntry {
    return { kind: isEmail(address) ? 'email' : 'phone', mac: `${this.name}-${address}` };
  }

  #pick(at: number): string | undefined {
    return this.#contacts[at % this.#contacts.length];
  }

  #survivorOf(contact: string): string {
    return this.#survivors.get(contact) ?? contact;
  }
}

const isEmail = (address: number): boolean => address % 2 === 0;
