import { decodeLeadEvent } from '../contracts/lead-event-codec.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { topState } from '../lead-lifecycle/fold-table.js';
import type { SalesLoadFacts } from '../lead-lifecycle/lead-facts.js';
import { evolve, UNCREATED, type LeadState } from '../lead-lifecycle/lead-state.js';

export interface BookedLead {
  readonly id: string;
  readonly state: LeadState;
  readonly revision: number;
  /** of the last event that changed state or an owner */
  readonly changedAt: number;
}

/** Every lead as it stands, folded from the events alone. */
export class LeadBook implements SalesLoadFacts {
  readonly #leads = new Map<string, BookedLead>();
  readonly #lastOffered = new Map<string, string>();

  add(event: RecordedEvent): void {
    const decoded = event.stream.startsWith('lead-') ? decodeLeadEvent(event) : undefined;
    if (!decoded) return;
    const id = event.stream.slice('lead-'.length);
    const before = this.#leads.get(id);
    this.#leads.set(id, {
      id,
      state: evolve(before?.state ?? UNCREATED, decoded),
      revision: event.revision,
      changedAt: decoded.meta.change ? event.revision : (before?.changedAt ?? 0),
    });
    if (decoded.type !== 'LeadHandedOff') return;
    const { team, person } = decoded.data.offeree;
    if (person !== undefined) this.#lastOffered.set(`${team}/${person}`, decoded.meta.recordedAt);
  }

  get(id: string): BookedLead | undefined {
    return this.#leads.get(id);
  }

  /** in the order of their creation */
  all(): readonly BookedLead[] {
    return [...this.#leads.values()];
  }

  backlog(team: string): number {
    let count = 0;
    for (const { state } of this.#leads.values()) {
      if (topState(state.leaf) !== 'lost' && (state.offeree ?? state.worker)?.team === team) count += 1;
    }
    return count;
  }

  lastOfferedAt(team: string, person: string): string | undefined {
    return this.#lastOffered.get(`${team}/${person}`);
  }

  /** Those that wait for a team's capacity: the best score first, then the longest held. */
  heldFor(team: string): readonly BookedLead[] {
    const score = ({ state }: BookedLead): number => state.score?.total ?? 0;
    return this.all()
      .filter(({ state }) => state.heldFor === team)
      .sort((a, b) => score(b) - score(a) || (a.state.leafSince < b.state.leafSince ? -1 : 1));
  }
}
