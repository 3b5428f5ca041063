import type { BlindIndexEntry } from './blind-index.js';
import type { DataKey } from './envelope.js';

/** What a create asks for: the contact behind an address, or a new one. */
export interface ContactReservation {
  /** none for a lead without any address: it gets a contact of its own */
  readonly candidates: readonly BlindIndexEntry[];
  /** the contact to make where none of the candidates is known; derived from the command id */
  readonly newContact: string;
  readonly leadId: string;
}

export interface ReservedContact {
  readonly contact: string;
  /** whether it is `newContact`, made by this call or by an earlier identical one; its key is durable */
  readonly minted: boolean;
  /** the contact's other leads, without the reservation's own, in no order */
  readonly leadIds: readonly string[];
  /** further contacts that the candidates point to: the same person, perhaps; for the merge queue */
  readonly others: readonly string[];
  /** whether somebody with one of the addresses was erased and asked not to be contacted again */
  readonly optedOut: boolean;
  /** its data key, where this very call made it and knows it: nobody has to read it */
  readonly key?: DataKey;
}

export interface Erasing {
  /** the contact whose stream tells of the erasure; default the contact itself */
  readonly under?: string;
  /** keep that these addresses are not to be contacted, and nothing else of them; default no */
  readonly keepOptOut?: boolean;
}

/** An erasure of which a backup may still hold keys. */
export interface UnfinishedErasure {
  /** the contact whose stream tells of it */
  readonly contact: string;
  /** all that are the person */
  readonly contacts: readonly string[];
  /** what it deleted was wrapped under this epoch's key or an older one's: once these are destroyed, it is final */
  readonly epoch: number;
}

export type LinkVerdict = 'linked' | 'erased' | 'unknown' | 'other-contact';
export type MergeVerdict = 'merged' | 'erased' | 'unknown';

/** Entries that belong to another contact stay there; these contacts are named. */
export interface IndexedEntries {
  readonly others: readonly string[];
}

/**
 * The keys of the contacts, who they are found by, and the fence behind which nothing is readable any more. The only
 * place that holds them. Whatever was answered is durable. `erased` is final: such a contact gets no key, none is used.
 *
 * Contacts merged are one person: links, index and erasing go by the survivor; each keeps its own key, since its
 * events are sealed to it.
 *
 * @throws KeyStoreFault when it cannot answer (closed, away, disk full, foreign keys): callers fail closed
 */
export interface KeyStore {
  /**
   * The contact that a candidate is known for, e-mail before phone; where none is known, `newContact` with its key, the
   * candidates' index rows and the lead's link, all or nothing. A known contact is not linked: that is the caller's
   * decision (`linkLead`). Repeated with the same ids it answers the same and makes nothing twice; of racing calls for
   * one address one makes the contact and the others get it.
   */
  reserveContact(reservation: ContactReservation): Promise<ReservedContact | 'erased'>;
  /** The contact's data key, the newest unless a version is named. Never minted here. */
  keyFor(contact: string, version?: number): Promise<DataKey | 'erased' | 'unknown'>;
  /** The contact (the survivor, if merged) that an address is known for. */
  lookup(entry: BlindIndexEntry): Promise<string | undefined>;
  /** Makes a contact known by further addresses: its details were corrected. */
  addIndexEntries(contact: string, entries: readonly BlindIndexEntry[]): Promise<IndexedEntries | 'erased' | 'unknown'>;
  /** Links a lead to a contact; a lead that is another contact's stays there. */
  linkLead(contact: string, leadId: string): Promise<LinkVerdict>;
  /** The leads of a contact and of all that were merged with it; also of an erased one, whose leads must be closed. */
  contactLeads(contact: string): Promise<readonly string[]>;
  /** Makes `into`'s survivor the survivor of both. Repeated, or in a circle, it changes nothing. */
  mergeContacts(from: string, into: string): Promise<MergeVerdict>;
  /**
   * Sets the fence, then deletes keys and index rows, of the contact and all that were merged with it, whose ids it
   * answers. Also for a contact it does not know: fences are rebuilt from the contact streams. What was deleted is also
   * overwritten in the store's own files where the store can: a fault where it could not yet, so that it is asked again.
   */
  erase(contact: string, erasing?: Erasing): Promise<readonly string[]>;
  /** The contact's survivor and all that were merged into it, the survivor first; itself where it is not known. */
  members(contact: string): Promise<readonly string[]>;
  /** Up to where in the event store its fences are known; undefined where none ever was. */
  fencedUpTo(): Promise<string | undefined>;
  setFencedUpTo(position: string): Promise<void>;
  unfinishedErasures(): Promise<readonly UnfinishedErasure[]>;
  finishErasure(contact: string): Promise<void>;
  /**
   * Wraps keys anew under the newest epoch, at most so many, and answers how many; 0 once none is left under an older
   * one. From the first call on no new key is wrapped under an older one, by whatever process.
   */
  rewrap(most: number): Promise<number>;
  /**
   * Recomputes index rows and opt-outs under the newest pepper, at most so many, and answers how many; 0 once none is
   * left under an older one, and what stood there is overwritten as in `erase`. From the first call on no address is
   * taken that does not go through the newest pepper, by whatever process. Meanwhile every address is found, is somebody's
   * and is opted out as before.
   */
  layPepper(most: number): Promise<number>;
  /** Whether all that stands here is under the newest pepper of the key file. */
  isUnderNewestPepper(): Promise<boolean>;
  /** Runs a work that no other process that shares this store may do at the same time. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** The key store cannot answer. Messages are fixed words and driver codes, never what was asked. */
export class KeyStoreFault extends Error {
  override name = 'KeyStoreFault';
  readonly disclosable = true;
}

/** Erased, but not yet overwritten everywhere, since somebody read there just then: to be asked again. */
export class StillInLog extends KeyStoreFault {
  override name = 'StillInLog';
}
