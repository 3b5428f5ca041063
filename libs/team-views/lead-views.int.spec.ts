import fc from 'fast-check';
import { currentCycle } from '../lead-lifecycle/lead-state.js';
import { topState } from '../lead-lifecycle/fold-table.js';
import {
  afterFeed,
  expectSameRows,
  feedOf,
  recordedAll,
  shuffledAcrossStreams,
} from '../projection-runner/projection.spec-kit.js';
import { onEachReadDatabase, openReadDatabase } from '../read-database/read-database.spec-kit.js';
import { FunnelProjection } from './funnel-projection.js';
import { LeadCardProjection } from './lead-card-projection.js';
import { LeadCards } from './lead-cards.js';
import type { OwnerInterval } from './lead-card.js';
import { randomLeads, seeded, type RandomLead } from './lead-history.spec-kit.js';
import { SalesLoad } from './sales-load.js';
import { SALES } from './lead-history.spec-kit.js';

const ALL = { all: true } as const;
const SEED = fc.integer({ min: 0, max: 1_000_000 });

onEachReadDatabase('views over random histories', () => {
  it('give the same rows however often, in whatever cut and order across leads the events come', async () => {
    await fc.assert(
      fc.asyncProperty(SEED, async (seed) => {
        const histories = randomLeads(seed, 10, 30);
        await expectSameRows(() => new LeadCardProjection(), histories, seeded(seed));
        await expectSameRows(() => new FunnelProjection(), histories, seeded(seed));
      }),
      { numRuns: 3 },
    );
  });

  it('agree with the lifecycle on where each lead stands and who has it', async () => {
    await fc.assert(
      fc.asyncProperty(SEED, async (seed) => {
        const leads = randomLeads(seed, 25, 60);
        await withCards(leads, seeded(seed), async (cards) => {
          for (const lead of leads) {
            const card = (await cards.find(lead.lead, ALL))!;
            expect(shownOf(card)).toEqual(expectedOf(lead));
            expectGapless((await cards.owners(lead.lead, ALL))!, card.createdAt);
          }
        });
      }),
      { numRuns: 5 },
    );
  });

  it('count as backlog what the lifecycle says is offered or worked', async () => {
    const leads = randomLeads(11, 200, 30);
    await withCards(leads, seeded(11), async (_, load) => {
      for (const team of SALES) {
        const inBacklog = leads.filter(({ state }) => backlogTeam(state) === team);
        expect(await load.backlog(team)).toBe(inBacklog.length);
        const held = leads.filter(({ state }) => state.heldFor === team).map(({ lead }) => lead);
        expect((await load.held(team)).map(({ lead }) => lead).sort()).toEqual(held.sort());
        const offers = leads
          .flatMap(({ events }) => events)
          .map((event) => event.data.offeree as { team: string; person?: string } | undefined)
          .filter((offeree) => offeree?.team === team && offeree.person !== undefined);
        const members = (await load.memberOffers()).filter((member) => member.team === team);
        expect(members.reduce((sum, member) => sum + member.offers, 0)).toBe(offers.length);
      }
    });
  });
});

const backlogTeam = ({ leaf, offeree, worker }: RandomLead['state']): string | undefined =>
  ({ offered: offeree?.team, working: worker?.team, opportunity: worker?.team })[topState(leaf)];

async function withCards(
  leads: readonly RandomLead[],
  random: () => number,
  look: (cards: LeadCards, load: SalesLoad) => Promise<void>,
): Promise<void> {
  const opened = await openReadDatabase();
  try {
    const feed = feedOf(shuffledAcrossStreams(random)(recordedAll(leads)), 37);
    await afterFeed(opened.database, [new LeadCardProjection()], feed, () =>
      look(new LeadCards(opened.database), new SalesLoad(opened.database)),
    );
  } finally {
    await opened.dispose();
  }
}

type Card = NonNullable<Awaited<ReturnType<LeadCards['find']>>>;

const ownerOf = (interval: OwnerInterval | undefined) =>
  interval && { team: interval.team, ...(interval.person !== undefined && { person: interval.person }) };

function shownOf(card: Card) {
  return {
    revision: card.revision,
    state: card.state,
    cycle: card.cycle,
    contact: card.contact,
    steward: ownerOf(card.owners.steward),
    offeree: ownerOf(card.owners.offeree),
    worker: ownerOf(card.owners.worker),
    accountable: card.owners.accountable?.team,
    score: card.score?.total,
    offers: card.offersInCycle,
    touches: card.touches,
    heldFor: card.heldFor,
    mergedInto: card.mergedInto,
    industry: card.profile.industry,
  };
}

function expectedOf({ events, state }: RandomLead) {
  return {
    revision: events.length - 1,
    state: state.leaf,
    cycle: currentCycle(state)?.number,
    contact: state.contact,
    steward: state.steward,
    offeree: state.offeree,
    worker: state.worker,
    accountable: state.accountable,
    score: state.score?.total,
    offers: currentCycle(state)?.offers,
    touches: state.touches,
    heldFor: state.heldFor,
    mergedInto: state.mergedInto,
    industry: state.profile.industry,
  };
}

/** I1 and I2: the steward without a gap since the creation, no role twice at a time, nothing that ends before it begins. */
function expectGapless(intervals: readonly OwnerInterval[], createdAt: string): void {
  for (const role of ['steward', 'offeree', 'worker', 'accountable'] as const) {
    const own = intervals.filter((interval) => interval.role === role);
    own.forEach((interval, index) => {
      const next = own[index + 1];
      if (interval.ended) expect(interval.ended.until >= interval.since).toBe(true);
      if (next) expect(interval.ended && interval.ended.until <= next.since).toBe(true);
      if (next && role === 'steward') expect(next.since).toBe(interval.ended?.until);
    });
    if (role === 'steward') {
      expect(own[0]?.since).toBe(createdAt);
      expect(own.at(-1)?.ended).toBeUndefined();
    }
  }
}
