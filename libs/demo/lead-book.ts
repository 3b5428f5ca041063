import { decodeLeadEvent } from '../contracts/lead-event-codec.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { SalesLoadFacts } from '../lead-lifecycle/lead-facts.js';
import { evolve, UNCREATED, type LeadState } from '../lead-lifecycle/lead-state.js';

export interface BookedLead {
  readonly id: string;
  readonly state: LeadState;
  readonly revision: number;
  /** of the last event that changed state or an owner */
  readonly changedAt: number;
}

/** Every lead as it stands, folded from the events alone, and how many each sales team has. */
export class LeadBook implements SalesLoadFacts {
  readonly #leads = new Map<string, BookedLead>();
  readonly #backlogs = new Map<string, number>();
  readonly #held = new Set<string>();
  readonly #lastOffered = new Map<string, string>();

  add(event: RecordedEvent): void {
    const decoded = event.stream.startsWith('lead-') ? decodeLeadEvent(event) : undefined;
    if (!decoded) return;
    const id = event.stream.slice('lead-'.length);
    const before = this.#leads.get(id);
    const state = evolve(before?.state ?? UNCREATED, decoded);
    const changedAt = decoded.meta.change ? event.revision : (before?.changedAt ?? 0);
    this.#leads.set(id, { id, state, revision: event.revision, changedAt });
    this.#count(before && teamOf(before.state), -1);
    this.#count(teamOf(state), 1);
    if (state.heldFor === undefined) this.#held.delete(id);
    else this.#held.add(id);
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
    return this.#backlogs.get(team) ?? 0;
  }

  lastOfferedAt(team: string, person: string): string | undefined {
    return this.#lastOffered.get(`${team}/${person}`);
  }

  /** Those that wait for a team's capacity: the best score first, then the longest held. */
  heldFor(team: string): readonly BookedLead[] {
    const score = ({ state }: BookedLead): number => state.score?.total ?? 0;
    return [...this.#held]
      .flatMap((id) => this.#leads.get(id) ?? [])
      .filter(({ state }) => state.heldFor === team)
      .sort((a, b) => score(b) - score(a) || (a.state.leafSince < b.state.leafSince ? -1 : 1));
  }

  #count(team: string | undefined, by: 1 | -1): void {
    if (team !== undefined) this.#backlogs.set(team, this.backlog(team) + by);
  }
}

/** The sales team on whose hands the lead is: offered to it, or worked by it and not lost. */
const teamOf = ({ leaf, offeree, worker }: LeadState): string | undefined =>
  leaf === 'lost' ? undefined : (offeree ?? worker)?.team;
