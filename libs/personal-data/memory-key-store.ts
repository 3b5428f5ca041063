import { createSecretKey } from 'node:crypto';
import { KEY_BYTES } from './aes-gcm.js';
import type { BlindIndexEntry } from './blind-index.js';
import type { DataKey } from './envelope.js';
import {
  KeyStoreFault,
  type ContactReservation,
  type Erasing,
  type IndexedEntries,
  type KeyStore,
  type LinkVerdict,
  type MergeVerdict,
  type ReservedContact,
  type UnfinishedErasure,
} from './key-store.js';
import type { RandomBytes } from './random-bytes.js';

/** The epoch that a new ring begins with. */
const EPOCH = 1;

/** The key store of tests and of the in-memory spine: the same contract, gone with the process. */
export class MemoryKeyStore implements KeyStore {
  private readonly keys = new Map<string, DataKey>();
  /** a merged contact's survivor; never a chain */
  private readonly survivors = new Map<string, string>();
  private readonly index = new Map<string, string>();
  private readonly leads = new Map<string, string>();
  /** the same the other way round: one contact's leads are asked for far more often than they change hands */
  private readonly leadsByContact = new Map<string, Set<string>>();
  /** the contact whose stream tells of the erasure, and whether it is finished */
  private readonly fences = new Map<string, { readonly under: string; finished: boolean }>();
  private readonly optOuts = new Set<string>();
  private reached: string | undefined;
  private inTurn: Promise<unknown> = Promise.resolve();
  private readonly contacts = new Set<string>();
  private closed = false;

  constructor(private readonly random: RandomBytes) {}

  async reserveContact({ candidates, newContact, leadId }: ContactReservation): Promise<ReservedContact | 'erased'> {
    this.assertOpen();
    if (this.fences.has(newContact)) return 'erased';
    const owners = emailFirst(candidates).flatMap((entry) => this.index.get(nameOf(entry)) ?? []);
    const contact = this.contacts.has(newContact) ? this.survivorOf(newContact) : (owners[0] ?? newContact);
    if (!this.contacts.has(contact)) {
      this.contacts.add(contact);
      this.keys.set(contact, { version: 1, key: createSecretKey(this.random(KEY_BYTES)) });
      for (const entry of candidates) this.index.set(nameOf(entry), contact);
      this.own(leadId, contact);
    }
    return {
      contact,
      minted: contact === newContact,
      leadIds: this.leadsOf(contact).filter((lead) => lead !== leadId),
      others: distinct(owners, contact),
      optedOut: candidates.some((entry) => this.optOuts.has(nameOf(entry))),
    };
  }

  async keyFor(contact: string, version?: number): Promise<DataKey | 'erased' | 'unknown'> {
    this.assertOpen();
    if (this.fences.has(contact)) return 'erased';
    const key = this.keys.get(contact);
    return key !== undefined && (version ?? key.version) === key.version ? key : 'unknown';
  }

  async lookup(entry: BlindIndexEntry): Promise<string | undefined> {
    this.assertOpen();
    return this.index.get(nameOf(entry));
  }

  async addIndexEntries(
    contact: string,
    entries: readonly BlindIndexEntry[],
  ): Promise<IndexedEntries | 'erased' | 'unknown'> {
    const owner = this.standing(contact);
    if (typeof owner === 'string') return owner;
    const owners: string[] = [];
    for (const entry of entries) {
      const name = nameOf(entry);
      const before = this.index.get(name);
      if (before === undefined) this.index.set(name, owner.survivor);
      else owners.push(before);
    }
    return { others: distinct(owners, owner.survivor) };
  }

  async linkLead(contact: string, leadId: string): Promise<LinkVerdict> {
    const owner = this.standing(contact);
    if (typeof owner === 'string') return owner;
    const before = this.leads.get(leadId);
    if (before === undefined) this.own(leadId, owner.survivor);
    return (before ?? owner.survivor) === owner.survivor ? 'linked' : 'other-contact';
  }

  async contactLeads(contact: string): Promise<readonly string[]> {
    this.assertOpen();
    return this.leadsOf(this.survivorOf(contact));
  }

  async mergeContacts(from: string, into: string): Promise<MergeVerdict> {
    const [gone, kept] = [this.standing(from), this.standing(into)];
    if (gone === 'erased' || kept === 'erased') return 'erased';
    if (gone === 'unknown' || kept === 'unknown') return 'unknown';
    if (gone.survivor === kept.survivor) return 'merged';
    for (const member of this.groupOf(gone.survivor)) this.survivors.set(member, kept.survivor);
    for (const [name, owner] of this.index) if (owner === gone.survivor) this.index.set(name, kept.survivor);
    for (const lead of this.leadsOf(gone.survivor)) this.own(lead, kept.survivor);
    return 'merged';
  }

  async erase(contact: string, { under = contact, keepOptOut = false }: Erasing = {}): Promise<readonly string[]> {
    const group = await this.members(contact);
    for (const member of group) {
      if (!this.fences.has(member)) this.fences.set(member, { under, finished: false });
      this.keys.delete(member);
      for (const [name, owner] of this.index) {
        if (owner !== member) continue;
        if (keepOptOut) this.optOuts.add(name);
        this.index.delete(name);
      }
    }
    return group;
  }

  async members(contact: string): Promise<readonly string[]> {
    this.assertOpen();
    return this.groupOf(this.survivorOf(contact));
  }

  async fencedUpTo(): Promise<string | undefined> {
    this.assertOpen();
    return this.reached;
  }

  async setFencedUpTo(position: string): Promise<void> {
    this.assertOpen();
    this.reached = position;
  }

  async unfinishedErasures(): Promise<readonly UnfinishedErasure[]> {
    this.assertOpen();
    const open = [...this.fences].filter(([, { finished }]) => !finished);
    const erasures = [...new Set(open.map(([, { under }]) => under))].sort();
    const contactsOf = (erasure: string) =>
      open.filter(([, { under }]) => under === erasure).map(([contact]) => contact);
    return erasures.map((contact) => ({ contact, contacts: contactsOf(contact).sort(), epoch: EPOCH }));
  }

  async finishErasure(contact: string): Promise<void> {
    this.assertOpen();
    for (const fence of this.fences.values()) if (fence.under === contact) fence.finished = true;
  }

  /** Nothing is wrapped here. */
  async rewrap(): Promise<number> {
    this.assertOpen();
    return 0;
  }

  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.inTurn.then(work);
    this.inTurn = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private standing(contact: string): { readonly survivor: string } | 'erased' | 'unknown' {
    this.assertOpen();
    if (this.fences.has(contact)) return 'erased';
    return this.contacts.has(contact) ? { survivor: this.survivorOf(contact) } : 'unknown';
  }

  private survivorOf(contact: string): string {
    return this.survivors.get(contact) ?? contact;
  }

  private groupOf(survivor: string): readonly string[] {
    const merged = [...this.survivors].flatMap(([member, into]) => (into === survivor ? member : []));
    return [survivor, ...merged.sort()];
  }

  private leadsOf(contact: string): readonly string[] {
    return [...(this.leadsByContact.get(contact) ?? [])];
  }

  private own(lead: string, contact: string): void {
    const before = this.leads.get(lead);
    if (before !== undefined && before !== contact) this.leadsByContact.get(before)?.delete(lead);
    this.leads.set(lead, contact);
    const leads = this.leadsByContact.get(contact) ?? new Set();
    this.leadsByContact.set(contact, leads.add(lead));
  }

  private assertOpen(): void {
    if (this.closed) throw new KeyStoreFault('the key store is closed');
  }
}

const nameOf = ({ kind, pepperVersion, mac }: BlindIndexEntry): string => `${kind}/${pepperVersion}/${mac}`;

const emailFirst = (entries: readonly BlindIndexEntry[]): readonly BlindIndexEntry[] =>
  [...entries].sort((a, b) => Number(a.kind !== 'email') - Number(b.kind !== 'email'));

const distinct = (owners: readonly string[], but: string): readonly string[] =>
  [...new Set(owners)].filter((owner) => owner !== but);
