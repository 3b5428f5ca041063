import { LRUCache } from 'lru-cache';
import type { DataKey } from './envelope.js';
import type { KeyStore } from './key-store.js';

export interface KeyCacheOptions {
  /** milliseconds from any start, never running back (`performance.now`): a wall clock set back would keep keys alive */
  readonly elapsed: () => number;
  /** most contacts' keys held; default 10,000 */
  readonly capacity?: number;
}

interface KeptKey {
  readonly key: DataKey;
  readonly askedAt: number;
}

/** How long an erased contact may stay readable in another process: the design's bound. */
export const MOST_CACHE_MS = 60_000;
const CAPACITY = 10_000;

/**
 * A key store that keeps unwrapped keys for at most 60 s. Erasing through it drops them at once, also those whose
 * reading was under way; only keys are kept, never that there is none.
 */
export function cachingKeyStore(store: KeyStore, { elapsed, capacity = CAPACITY }: KeyCacheOptions): KeyStore {
  const kept = new LRUCache<string, KeptKey>({ max: capacity });
  let erasures = 0;
  const dropAll = (): void => {
    erasures += 1;
    kept.clear();
  };

  return {
    async reserveContact(reservation) {
      const [before, askedAt] = [erasures, elapsed()];
      const reserved = await store.reserveContact(reservation);
      if (reserved !== 'erased' && reserved.key !== undefined && erasures === before)
        kept.set(nameOf(reserved.contact), { key: reserved.key, askedAt });
      return reserved;
    },
    lookup: (entry) => store.lookup(entry),
    addIndexEntries: (contact, entries) => store.addIndexEntries(contact, entries),
    linkLead: (contact, leadId) => store.linkLead(contact, leadId),
    contactLeads: (contact) => store.contactLeads(contact),
    mergeContacts: (from, into) => store.mergeContacts(from, into),
    async keyFor(contact, version) {
      const name = nameOf(contact, version);
      const known = kept.get(name);
      if (known !== undefined && elapsed() - known.askedAt < MOST_CACHE_MS) return known.key;
      // The age counts from the question, not the answer: in between, another process may have erased.
      const [before, askedAt] = [erasures, elapsed()];
      const found = await store.keyFor(contact, version);
      if (typeof found !== 'string' && erasures === before) kept.set(name, { key: found, askedAt });
      return found;
    },
    members: (contact) => store.members(contact),
    fencedUpTo: () => store.fencedUpTo(),
    setFencedUpTo: (position) => store.setFencedUpTo(position),
    unfinishedErasures: () => store.unfinishedErasures(),
    finishErasure: (contact) => store.finishErasure(contact),
    rewrap: (most) => store.rewrap(most),
    layPepper: (most) => store.layPepper(most),
    isUnderNewestPepper: () => store.isUnderNewestPepper(),
    alone: (work) => store.alone(work),
    async erase(contact, erasing) {
      // Before, so that nothing is sealed while the fence is being set; after, for what was read in between.
      dropAll();
      try {
        return await store.erase(contact, erasing);
      } finally {
        dropAll();
      }
    },
    async close() {
      dropAll();
      await store.close();
    },
  };
}

const nameOf = (contact: string, version?: number): string => `${contact}/${version ?? 'newest'}`;
