import type { BlindIndexEntry } from './blind-index.js';
import type { KeyMark } from './key-ring.js';
import type { ContactReservation, IndexedEntries, LinkVerdict, MergeVerdict, ReservedContact } from './key-store.js';
import type { WrappedKey } from './key-wrapping.js';

/** A reservation with the key that becomes the new contact's, should one be made. */
export interface WrappedReservation extends ContactReservation {
  readonly newKey: WrappedKey;
}

/** How a database stands to the key file it is opened with. */
export type KeyRingVerdict = 'own' | 'foreign';

/**
 * What writes to a key store's database: synchronous, each run inside a transaction that its caller commits. Arguments
 * and answers are plain data, since they cross to the writer's thread.
 */
export interface KeyOperations {
  /** Remembers the marks of new keys; `foreign` where a mark differs or a wrapped key's epoch has none. */
  admitKeyRing(marks: readonly KeyMark[]): KeyRingVerdict;
  /** `took`: the key of this very reservation became the contact's; absent where the database does not tell. */
  reserveContact(reservation: WrappedReservation): (ReservedContact & { readonly took?: boolean }) | 'erased';
  addIndexEntries(contact: string, entries: readonly BlindIndexEntry[]): IndexedEntries | 'erased' | 'unknown';
  linkLead(contact: string, leadId: string): LinkVerdict;
  mergeContacts(from: string, into: string): MergeVerdict;
  erase(contact: string): readonly string[];
}

/** One call of an operation, on its way to the writer. */
export type KeyOperationCall = {
  [Name in keyof KeyOperations]: { readonly name: Name; readonly args: Parameters<KeyOperations[Name]> };
}[keyof KeyOperations];

/** What the writer's thread answers: that it is open, one answer for each call, or why nothing of a group happened. */
export type WriterAnswer =
  | { readonly kind: 'open' }
  | { readonly kind: 'committed'; readonly answers: readonly unknown[] }
  | { readonly kind: 'fault'; readonly code: string };
