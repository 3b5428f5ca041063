import { LRUCache } from 'lru-cache';
import { UNCREATED, type LeadState } from '../lead-lifecycle/lead-state.js';

/** A lead as it was known from a time on. Times are ISO 8601 UTC. */
export interface KnownLead {
  readonly state: LeadState;
  /** -1 where it was not known at all */
  readonly revision: number;
  /** recordedAt of its last event; '' before the first */
  readonly since: string;
  /** recordedAt of the next event; absent where there was none yet when it was read */
  readonly until?: string;
}

const UNKNOWN: KnownLead = { state: UNCREATED, revision: -1, since: '' };

/** How much is kept: a state has some 1 KB, and some 100 bytes for each event, whose command it remembers. */
interface Limits {
  readonly leads: number;
  /** of all together */
  readonly events: number;
}
const LIMITS: Limits = { leads: 4_000, events: 80_000 };

/**
 * Leads as they were known when somebody last asked. What was recorded stays, so that between two events a lead was what
 * it was for good: who asks again reads nothing, and who asks for a later time folds on from there.
 */
export class KnownLeads {
  readonly #kept: LRUCache<string, KnownLead>;

  constructor({ leads, events }: Limits = LIMITS) {
    // Also what was not known yet takes a place.
    this.#kept = new LRUCache({ max: leads, maxSize: events, sizeCalculation: ({ revision }) => revision + 2 });
  }

  /** The lead by some event that was recorded by then: before its first where no other is kept. */
  upTo(lead: string, time: string): KnownLead {
    const kept = this.#kept.get(lead);
    return kept !== undefined && kept.since <= time ? kept : UNKNOWN;
  }

  keep(lead: string, known: KnownLead): void {
    this.#kept.set(lead, known);
  }
}

/** Whether it is all that had been recorded of the lead by a time after its `since`. */
export const isAllAt = ({ until }: KnownLead, time: string): boolean => until !== undefined && time < until;
