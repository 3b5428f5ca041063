import { createSecretKey } from 'node:crypto';
import { KEY_BYTES } from './aes-gcm.js';
import { underEach, underNewest, type BlindIndexEntry, type PepperedEntry, type PepperedRow } from './blind-index.js';
import type { DataKey } from './envelope.js';
import { newestPepper, type KeyRing } from './key-ring.js';
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
import { BEHIND } from './newest-keys.js';
import type { RandomBytes } from './random-bytes.js';

/** The epoch that a new ring begins with. */
const EPOCH = 1;

/** The key store of tests and of the in-memory spine: the same contract, gone with the process. */
export class MemoryKeyStore implements KeyStore {
  private readonly keys = new Map<string, DataKey>();
  /** a merged contact's survivor; never a chain */
  private readonly survivors = new Map<string, string>();
  private readonly index = new Map<string, PepperedRow & { contact: string }>();
  private readonly leads = new Map<string, string>();
  /** the same the other way round: one contact's leads are asked for far more often than they change hands */
  private readonly leadsByContact = new Map<string, Set<string>>();
  /** the contact whose stream tells of the erasure, and whether it is finished */
  private readonly fences = new Map<string, { readonly under: string; finished: boolean }>();
  private readonly optOuts = new Map<string, PepperedRow>();
  /** the newest pepper that it was told of */
  private newest: number;
  private reached: string | undefined;
  private inTurn: Promise<unknown> = Promise.resolve();
  private readonly contacts = new Set<string>();
  private closed = false;

  constructor(
    private readonly random: RandomBytes,
    private readonly ring: Pick<KeyRing, 'peppers' | 'refresh'>,
  ) {
    this.newest = newestPepper(ring).version;
  }

  async reserveContact({ candidates, newContact, leadId }: ContactReservation): Promise<ReservedContact | 'erased'> {
    this.assertOpen();
    if (this.fences.has(newContact)) return 'erased';
    const entries = this.underEach(candidates);
    const owners = emailFirst(entries).flatMap((entry) => this.ownerOf(entry) ?? []);
    const contact = this.contacts.has(newContact) ? this.survivorOf(newContact) : (owners[0] ?? newContact);
    if (!this.contacts.has(contact)) {
      this.contacts.add(contact);
      this.keys.set(contact, { version: 1, key: createSecretKey(this.random(KEY_BYTES)) });
      for (const entry of entries) this.claim(entry, contact);
      this.own(leadId, contact);
    }
    return {
      contact,
      minted: contact === newContact,
      leadIds: this.leadsOf(contact).filter((lead) => lead !== leadId),
      others: distinct(owners, contact),
      optedOut: entries.some((entry) => rowsOf(entry).some((row) => this.optOuts.has(nameOf(row)))),
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
    return this.underEach([entry]).map((one) => this.ownerOf(one))[0];
  }

  async addIndexEntries(
    contact: string,
    entries: readonly BlindIndexEntry[],
  ): Promise<IndexedEntries | 'erased' | 'unknown'> {
    const owner = this.standing(contact);
    if (typeof owner === 'string') return owner;
    const owners: string[] = [];
    for (const entry of this.underEach(entries)) {
      const before = this.ownerOf(entry);
      if (before === undefined) this.claim(entry, owner.survivor);
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
    for (const row of this.index.values()) if (row.contact === gone.survivor) row.contact = kept.survivor;
    for (const lead of this.leadsOf(gone.survivor)) this.own(lead, kept.survivor);
    return 'merged';
  }

  async erase(contact: string, { under = contact, keepOptOut = false }: Erasing = {}): Promise<readonly string[]> {
    const group = await this.members(contact);
    for (const member of group) {
      if (!this.fences.has(member)) this.fences.set(member, { under, finished: false });
      this.keys.delete(member);
      for (const [name, { contact: owner, ...row }] of this.index) {
        if (owner !== member) continue;
        if (keepOptOut) this.optOuts.set(name, row);
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

  async layPepper(most: number): Promise<number> {
    this.assertOpen();
    this.meetPeppers();
    const old = this.rowsBefore(most);
    for (const row of old) {
      const renewed = { kind: row.kind, pepperVersion: this.newest, mac: underNewest(row, this.ring) };
      for (const rows of [this.index, this.optOuts] as Map<string, PepperedRow>[]) {
        const before = rows.get(nameOf(row));
        if (before && !rows.has(nameOf(renewed))) rows.set(nameOf(renewed), { ...before, ...renewed });
        rows.delete(nameOf(row));
      }
    }
    return old.length;
  }

  async isUnderNewestPepper(): Promise<boolean> {
    this.assertOpen();
    return this.newest === newestPepper(this.ring).version && this.rowsBefore(1).length === 0;
  }

  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.inTurn.then(work);
    this.inTurn = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private underEach(entries: readonly BlindIndexEntry[]): readonly PepperedEntry[] {
    this.meetPeppers();
    return entries.map((entry) => underEach(entry, this.ring));
  }

  private meetPeppers(): void {
    if (newestPepper(this.ring).version < this.newest) this.ring.refresh?.();
    const { version } = newestPepper(this.ring);
    if (version < this.newest) throw new KeyStoreFault(BEHIND);
    this.newest = version;
  }

  private ownerOf(entry: PepperedEntry): string | undefined {
    return rowsOf(entry).flatMap((row) => this.index.get(nameOf(row))?.contact ?? [])[0];
  }

  private claim(entry: PepperedEntry, contact: string): void {
    const row = rowsOf(entry).at(-1);
    if (row && this.ownerOf(entry) === undefined) this.index.set(nameOf(row), { ...row, contact });
  }

  private rowsBefore(most: number): readonly PepperedRow[] {
    const old = ({ pepperVersion }: PepperedRow): boolean => pepperVersion < this.newest;
    return [...this.index.values(), ...this.optOuts.values()].filter(old).slice(0, most);
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

const rowsOf = ({ kind, macs }: PepperedEntry): readonly PepperedRow[] =>
  macs.map((mac, at) => ({ kind, pepperVersion: at + 1, mac }));

const nameOf = ({ kind, pepperVersion, mac }: PepperedRow): string => `${kind}/${pepperVersion}/${mac}`;

const emailFirst = (entries: readonly PepperedEntry[]): readonly PepperedEntry[] =>
  [...entries].sort((a, b) => Number(a.kind !== 'email') - Number(b.kind !== 'email'));

const distinct = (owners: readonly string[], but: string): readonly string[] =>
  [...new Set(owners)].filter((owner) => owner !== but);
