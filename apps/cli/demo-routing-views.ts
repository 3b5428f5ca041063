import { currentCycle } from '../../libs/lead-lifecycle/lead-state.js';
import { topState } from '../../libs/lead-lifecycle/fold-table.js';
import type { LeadBook } from '../../libs/demo/lead-book.js';
import type { ReferenceData } from '../../libs/lead-commands/reference-data.js';
import type { RoutingViews } from '../../libs/lead-routing/routing-views.js';

/**
 * What lead-routing reads, from the book instead of a read database: always up to date.
 *
 * @param read takes in what was recorded since
 */
export function demoRoutingViews(book: LeadBook, reference: ReferenceData, read: () => Promise<void>): RoutingViews {
  async function* inStates(states: readonly string[], wanted: (offers: number) => boolean) {
    for (const { id, state } of book.all()) {
      if (states.includes(topState(state.leaf)) && wanted(currentCycle(state)?.offers ?? 0)) yield id;
    }
  }
  return {
    whenSeen: read,
    whenCaughtUp: () => read().then(() => true),
    heldFor: (team) => Promise.resolve(book.heldFor(team).map(({ id }) => id)),
    room(team) {
      const capacity = reference.teams.get(team)?.openLeads ?? null;
      return Promise.resolve(capacity === null ? null : Math.max(0, capacity - book.backlog(team)));
    },
    leadsIn: (states) => inStates(states, () => true),
    neverOffered: () => inStates(['qualified'], (offers) => offers === 0),
  };
}
