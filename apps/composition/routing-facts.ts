import { setTimeout as sleep } from 'node:timers/promises';
import type { ReferenceData } from '../../libs/lead-commands/reference-data.js';
import type { SalesLoadSource } from '../../libs/lead-commands/command-parts.js';
import type { RoutingViews } from '../../libs/lead-routing/routing-views.js';
import type { OffersUnderWay } from '../../libs/lead-routing/offers-under-way.js';
import type { ViewRunner } from '../../libs/projection-runner/view-runner.js';
import type { ReadDatabase } from '../../libs/read-database/read-database.js';
import { LeadCards, type CardCursor } from '../../libs/team-views/lead-cards.js';
import { SalesLoad } from '../../libs/team-views/sales-load.js';

/** How long the rules wait for the view that they read; after that they decide on what it has. */
const WAIT_MS = 10_000;
const PAGE = 500;

/**
 * The sales load of all teams now, for decisions that hold or hand off.
 *
 * @param offers counted beside the view, each lead once: where the view has it already, the view's is left out
 */
export function salesLoadSource(database: ReadDatabase, offers: Pick<OffersUnderWay, 'all'>): SalesLoadSource {
  const view = new SalesLoad(database);
  return async () => {
    const underWay = offers.all;
    const [backlogs, memberOffers] = await Promise.all([
      view.backlogs(underWay.map(({ lead }) => lead)),
      view.memberOffers(),
    ]);
    const lastOffered = new Map(
      memberOffers.map(({ team, person, lastOfferedAt }) => [`${team}/${person}`, lastOfferedAt]),
    );
    const open = new Map(backlogs);
    for (const { offeree, offeredAt } of underWay) {
      open.set(offeree.team, (open.get(offeree.team) ?? 0) + 1);
      const member = `${offeree.team}/${offeree.person ?? ''}`;
      const before = lastOffered.get(member);
      if (before === undefined || before < offeredAt) lastOffered.set(member, offeredAt);
    }
    const load = {
      backlog: (team: string) => open.get(team) ?? 0,
      lastOfferedAt: (team: string, person: string) => lastOffered.get(`${team}/${person}`),
    };
    return { load };
  };
}

/** What lead-routing reads, from the lead cards; `views` tells when they have an event. */
export function routingViews(
  database: ReadDatabase,
  views: Pick<ViewRunner, 'whenProcessed'> & { whenCaughtUp(): Promise<boolean | void> },
  reference: ReferenceData,
): RoutingViews {
  const load = new SalesLoad(database);
  const cards = new LeadCards(database);
  async function* inStates(states: readonly string[], wanted: (card: { offersInCycle: number }) => boolean) {
    let after: CardCursor | undefined;
    do {
      const page = await cards.page({
        scope: { all: true },
        filter: { states },
        sort: { by: 'created', direction: 'ascending' },
        ...(after ? { after } : {}),
        limit: PAGE,
      });
      for (const card of page.cards) if (wanted(card)) yield card.lead;
      after = page.next;
    } while (after);
  }
  return {
    async whenSeen(stream, revision) {
      if (!stream.startsWith('lead-')) return;
      await views.whenProcessed('lead-card', { stream, revision }, { timeoutMs: WAIT_MS });
    },
    async whenCaughtUp() {
      const patience = new AbortController();
      const late = sleep(WAIT_MS, false, { signal: patience.signal }).catch(() => false);
      const inTime = await Promise.race([views.whenCaughtUp(), late]);
      patience.abort();
      return inTime !== false;
    },
    heldFor: async (team) => (await load.held(team)).map(({ lead }) => lead),
    async room(team) {
      const capacity = reference.teams.get(team)?.openLeads ?? null;
      return capacity === null ? null : Math.max(0, capacity - (await load.backlog(team)));
    },
    leadsIn: (states) => inStates(states, () => true),
    neverOffered: () => inStates(['qualified'], ({ offersInCycle }) => offersInCycle === 0),
  };
}
