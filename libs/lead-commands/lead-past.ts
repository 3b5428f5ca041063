import { metadataOf } from '../contracts/event-metadata.js';
import { decodeLeadEvent } from '../contracts/lead-event-codec.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { evolve, UNCREATED, type LeadState } from '../lead-lifecycle/lead-state.js';
import { isAllAt, KnownLeads, type KnownLead } from './known-leads.js';
import { leadStream } from './lead-commands.service.js';

/** Up to which of its events a lead is looked at. `happened`: by effect, `known`: by what had been recorded. */
export type AsOf =
  | { readonly kind: 'revision'; readonly revision: number }
  | { readonly kind: 'happened'; readonly at: string }
  | { readonly kind: 'known'; readonly at: string };

export interface LeadAt {
  readonly state: LeadState;
  readonly revision: number;
}

/** Most leads have no more events, and those after the time that is asked for are parsed for nothing. */
const FIRST_READ = 16;
const GROWTH = 4;
const LARGEST_READ = 1000;

/** Leads as they were, from their streams. Who may know of a lead is the caller's to find out. */
export class LeadPast {
  readonly #kept = new KnownLeads();

  constructor(private readonly store: Pick<EventStore, 'readStream'>) {}

  /** Undefined where there was no lead then. */
  async at(leadId: string, asOf: AsOf): Promise<LeadAt | undefined> {
    const { state, revision } =
      asOf.kind === 'known' ? await this.#known(leadId, asOf.at) : await this.#folded(leadId, asOf);
    return revision < 0 ? undefined : { state, revision };
  }

  async #known(leadId: string, at: string): Promise<KnownLead> {
    const kept = this.#kept.upTo(leadId, at);
    if (isAllAt(kept, at)) return kept;
    let known: KnownLead = { state: kept.state, revision: kept.revision, since: kept.since };
    for await (const event of this.events(leadId, kept.revision + 1)) {
      const { recordedAt } = metadataOf(event);
      if (recordedAt > at) {
        known = { ...known, until: recordedAt };
        break;
      }
      known = { state: after(known.state, event), revision: event.revision, since: recordedAt };
    }
    this.#kept.keep(leadId, known);
    return known;
  }

  async #folded(leadId: string, asOf: Exclude<AsOf, { kind: 'known' }>): Promise<LeadAt> {
    let found: LeadAt = { state: UNCREATED, revision: -1 };
    for await (const event of this.events(leadId)) {
      const state = after(found.state, event);
      if (isBeyond(event, state, asOf)) break;
      found = { state, revision: event.revision };
    }
    return found;
  }

  /** The lead's events from a revision on, read as they are asked for. */
  async *events(leadId: string, first = 0): AsyncGenerator<RecordedEvent> {
    let from = first;
    for (let limit = FIRST_READ; ; limit = Math.min(limit * GROWTH, LARGEST_READ)) {
      const read = await this.store.readStream(leadStream(leadId), { from, limit });
      yield* read;
      if (read.length < limit) return;
      from += limit;
    }
  }
}

/** An event that this program does not know changes nothing. */
function after(state: LeadState, event: RecordedEvent): LeadState {
  const decoded = decodeLeadEvent(event);
  return decoded ? evolve(state, decoded) : state;
}

function isBeyond(event: RecordedEvent, state: LeadState, asOf: Exclude<AsOf, { kind: 'known' }>): boolean {
  if (asOf.kind === 'revision') return event.revision > asOf.revision;
  const { occurredAt, change } = metadataOf(event);
  // An event that changes nothing takes no effect of its own: it lies where the lead stood when it happened.
  const effect = change === undefined ? later(occurredAt, state.effectiveAt) : state.effectiveAt;
  return effect > asOf.at;
}

const later = (a: string, b: string): string => (a > b ? a : b);
