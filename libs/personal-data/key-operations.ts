import type { PepperedEntry, PepperedRow } from './blind-index.js';
import type { KeyMark } from './key-ring.js';
import type {
  ContactReservation,
  Erasing,
  IndexedEntries,
  LinkVerdict,
  MergeVerdict,
  ReservedContact,
} from './key-store.js';
import type { WrappedKey } from './key-wrapping.js';

/** A reservation with the key that becomes the new contact's, should one be made. */
export interface WrappedReservation extends Omit<ContactReservation, 'candidates'> {
  readonly candidates: readonly PepperedEntry[];
  readonly newKey: WrappedKey;
}

/** A key wrapped anew: taken only where the old wrapping still stands, so that nothing deleted comes back. */
export interface Rewrapped {
  readonly contact: string;
  readonly old: string;
  readonly renewed: WrappedKey;
}

/** What holds a keyed address: who has it, or that whoever has it is not to be contacted. */
export type PepperedTable = 'index_entry' | 'opt_out';

/** A row recomputed under a later pepper: taken only where the old one still stands, as with keys. */
export interface RepepperedRow extends PepperedRow {
  readonly table: PepperedTable;
  readonly renewed: { readonly pepperVersion: number; readonly mac: string };
}

/** How a database stands to the key file it is opened with; `behind`: the file lacks a pepper that its rows may be under. */
export type KeyRingVerdict = 'own' | 'foreign' | 'behind';

/** What is asked was made under another epoch, or through other peppers, than the newest that the database knows. */
export type Stale = 'stale-epoch' | 'stale-pepper';

/**
 * What writes to a key store's database: synchronous, each run inside a transaction that its caller commits. Arguments
 * and answers are plain data, since they cross to the writer's thread.
 */
export interface KeyOperations {
  /** Remembers the marks of new keys, and so the newest epoch and pepper; `foreign` where a mark differs or a wrapped key's epoch has none. */
  admitKeyRing(marks: readonly KeyMark[]): KeyRingVerdict;
  /** `took`: the key of this very reservation became the contact's; absent where the database does not tell. */
  reserveContact(reservation: WrappedReservation): (ReservedContact & { readonly took?: boolean }) | 'erased' | Stale;
  addIndexEntries(contact: string, entries: readonly PepperedEntry[]): IndexedEntries | 'erased' | 'unknown' | Stale;
  linkLead(contact: string, leadId: string): LinkVerdict;
  mergeContacts(from: string, into: string): MergeVerdict;
  erase(contact: string, erasing: Required<Erasing>): readonly string[];
  setFencedUpTo(position: string): null;
  finishErasure(contact: string): null;
  rewrap(keys: readonly Rewrapped[]): null;
  layPepper(rows: readonly RepepperedRow[]): null;
  /** Nothing but its commit: after it, what was deleted before is overwritten in the database's own files, where it can be. */
  overwriteDeleted(): null;
}

/** One call of an operation, on its way to the writer. */
export type KeyOperationCall = {
  [Name in keyof KeyOperations]: { readonly name: Name; readonly args: Parameters<KeyOperations[Name]> };
}[keyof KeyOperations];

/** What the writer's thread answers: that it is open, one answer for each call, or why nothing of a group happened. */
export type WriterAnswer =
  | { readonly kind: 'open' }
  /** `lingering`: what was deleted still stands in the write-ahead log, since somebody reads there */
  | { readonly kind: 'committed'; readonly answers: readonly unknown[]; readonly lingering: boolean }
  | { readonly kind: 'fault'; readonly code: string };
