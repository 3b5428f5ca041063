import fc from 'fast-check';
import { topState } from '../../libs/lead-lifecycle/fold-table.js';
import { afterFeed, feedOf, recordedAll } from '../../libs/projection-runner/projection.spec-kit.js';
import { onEachReadDatabase, openReadDatabase } from '../../libs/read-database/read-database.spec-kit.js';
import { LeadCardProjection } from '../../libs/team-views/lead-card-projection.js';
import { randomLeads, SALES, type RandomLead } from '../../libs/team-views/lead-history.spec-kit.js';
import { salesLoadSource } from './routing-facts.js';

const LATEST = '9999-01-01T00:00:00.000Z';

onEachReadDatabase('How laden sales is', () => {
  it('is counted each lead once, whether the views have its offer already or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), fc.nat(40), async (seed, seen) => {
        const leads = randomLeads(seed, 40, 30);
        // Of the others the views have nothing: what of them is offered, is under way. So is what is just being seen.
        const underWay = leads.flatMap(({ lead, state: { offeree } }, at) =>
          offeree && (at >= seen || at % 3 === 0) ? [{ lead, offeree, offeredAt: LATEST }] : [],
        );
        const counted = leads.filter(({ state: { offeree } }, at) => at < seen || offeree !== undefined);
        const opened = await openReadDatabase();
        try {
          const feed = feedOf(recordedAll(leads.slice(0, seen)), 37);
          await afterFeed(opened.database, [new LeadCardProjection()], feed, async () => {
            const { load } = await salesLoadSource(opened.database, { all: underWay })();
            for (const team of SALES) {
              expect(load.backlog(team)).toBe(counted.filter(({ state }) => backlogTeam(state) === team).length);
              for (const { offeree } of underWay.filter((offer) => offer.offeree.team === team))
                expect(load.lastOfferedAt(team, offeree.person ?? '')).toBe(LATEST);
            }
          });
        } finally {
          await opened.dispose();
        }
      }),
      { numRuns: 5 },
    );
  });
});

const backlogTeam = ({ leaf, offeree, worker }: RandomLead['state']): string | undefined =>
  ({ offered: offeree?.team, working: worker?.team, opportunity: worker?.team })[topState(leaf)];
