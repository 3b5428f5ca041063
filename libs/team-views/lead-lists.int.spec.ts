import { metadataOf } from '../contracts/event-metadata.js';
import type { NewEvent } from '../event-store/event-store.js';
import { countedBy, monthOf } from '../metric-catalogue/counting.js';
import { COUNT_METRICS, RATE_METRICS } from '../metric-catalogue/metric-catalogue.js';
import { afterFeed, feedOf, recordedAll } from '../projection-runner/projection.spec-kit.js';
import {
  onEachReadDatabase,
  openReadDatabase,
  type OpenedReadDatabase,
} from '../read-database/read-database.spec-kit.js';
import { FunnelProjection } from './funnel-projection.js';
import { Funnel } from './funnel.js';
import { FunnelNumbers } from './funnel-numbers.js';
import { LeadCardProjection } from './lead-card-projection.js';
import { CARD_SORTS, LeadCards, type CardCursor, type CardPageQuery } from './lead-cards.js';
import { LeadCounts } from './lead-counts.js';
import { leadEventType } from './lead-record.js';
import { MARKETING, randomLeads, SALES, type RandomLead } from './lead-history.spec-kit.js';
import { MergeQueue } from './merge-queue.js';
import type { Scope } from './scope.js';
import { openDetails } from './sealed-details.js';

const ALL: Scope = { all: true };
const only = (marketingTeams: readonly string[], salesTeams: readonly string[]): Scope => ({
  marketingTeams,
  salesTeams,
});
const SCOPES: readonly Scope[] = [
  ALL,
  only([], []),
  only(MARKETING.slice(0, 1), []),
  only([], SALES.slice(0, 1)),
  only(MARKETING.slice(1), SALES.slice(1)),
  only([], SALES),
  only(MARKETING.slice(0, 1), SALES),
];

const mayRead = ({ state }: RandomLead, scope: Scope): boolean =>
  scope.all ||
  scope.marketingTeams.includes(state.steward?.team ?? '') ||
  scope.salesTeams.includes(state.offeree?.team ?? '') ||
  state.workedBy.some((team) => scope.salesTeams.includes(team));
const isOpen = ({ state }: RandomLead): boolean => !['lost', 'won', 'disqualified', 'merged'].includes(state.leaf);
const sorted = (leads: readonly { readonly lead: string }[]): string[] => leads.map(({ lead }) => lead).sort();

onEachReadDatabase('lists of leads', () => {
  const leads = randomLeads(5, 120, 40);
  let opened: OpenedReadDatabase;
  let cards: LeadCards;
  beforeAll(async () => {
    opened = await openReadDatabase();
    cards = new LeadCards(opened.database);
    const feed = feedOf(recordedAll(leads), 500);
    await afterFeed(opened.database, [new LeadCardProjection(), new FunnelProjection()], feed, async () => undefined);
  });
  afterAll(() => opened.dispose());

  async function everyPage(query: Omit<CardPageQuery, 'limit'>, limit = 7) {
    const all = [];
    let after = query.after;
    for (;;) {
      const page = await cards.page({ ...query, limit, ...(after && { after }) });
      expect(page.cards.length).toBeLessThanOrEqual(limit);
      all.push(...page.cards);
      if (!page.next) return all;
      after = page.next;
    }
  }

  it.each(SCOPES)('show what the scope %j may read and nothing else', async (scope) => {
    const readable = leads.filter((lead) => mayRead(lead, scope));
    expect(sorted(await everyPage({ scope }))).toEqual(sorted(readable));
    for (const lead of leads) {
      const found = readable.includes(lead);
      expect((await cards.find(lead.lead, scope)) !== undefined).toBe(found);
      expect((await cards.owners(lead.lead, scope)) !== undefined).toBe(found);
      expect((await cards.sealedDetails(lead.lead, scope)) !== undefined).toBe(found);
    }
  });

  it.each(SCOPES)('are in one order whichever teams of %j see them, and counted once', async (scope) => {
    for (const by of CARD_SORTS) {
      for (const direction of ['ascending', 'descending'] as const) {
        const sort = { by, direction };
        const all = await everyPage({ scope: ALL, sort }, 50);
        const seen = all.filter(({ lead }) =>
          mayRead(
            leads.find((one) => one.lead === lead)!,
            scope,
          ),
        );
        expect((await everyPage({ scope, sort }, 50)).map(({ lead }) => lead)).toEqual(seen.map(({ lead }) => lead));
      }
    }
    const counted = await new LeadCounts(opened.database).byState(scope);
    const states = leads.filter((lead) => mayRead(lead, scope)).map(({ state }) => state.leaf);
    expect(Object.fromEntries(counted.map(({ state, leads: count }) => [state, count]))).toEqual(
      Object.fromEntries([...new Set(states)].map((state) => [state, states.filter((one) => one === state).length])),
    );
  });

  it.each(SCOPES)('name those of %j that were created by a time, oldest first', async (scope) => {
    const inOrder = await everyPage({ scope, sort: { by: 'created', direction: 'ascending' } }, 50);
    for (const time of [inOrder[9]?.createdAt, inOrder.at(-1)?.createdAt, '2020-01-01T00:00:00.000Z']) {
      if (time === undefined) continue;
      const named: string[] = [];
      for (let after: CardCursor | undefined; ;) {
        const page = await cards.createdBy(time, { scope, limit: 3, ...(after && { after }) });
        expect(page.leads.length).toBeLessThanOrEqual(3);
        named.push(...page.leads.map(({ lead }) => lead));
        const last = page.leads.at(-1);
        if (!page.more || !last) break;
        after = [last.createdAt, last.lead];
      }
      expect(named).toEqual(inOrder.filter(({ createdAt }) => createdAt <= time).map(({ lead }) => lead));
    }
  });

  it.each(CARD_SORTS)('go through every page once, sorted by %s either way', async (by) => {
    const up = await everyPage({ scope: ALL, sort: { by, direction: 'ascending' } });
    const down = await everyPage({ scope: ALL, sort: { by, direction: 'descending' } });
    expect(sorted(up)).toEqual(sorted(leads));
    expect(down.map(({ lead }) => lead)).toEqual(up.map(({ lead }) => lead).reverse());
    const keys = up.map((card) =>
      by === 'score'
        ? (card.score?.total ?? -Infinity)
        : { updated: card.updatedAt, created: card.createdAt, stateSince: card.stateSince, queue: '' }[by],
    );
    keys.slice(1).forEach((key, index) => expect(key >= keys[index]!).toBe(true));
  });

  it('filter by state with and without sub-state, team, source and openness', async () => {
    const working = leads.filter(({ state }) => state.leaf.startsWith('working.'));
    expect(sorted(await everyPage({ scope: ALL, filter: { states: ['working'] } }))).toEqual(sorted(working));
    const two = leads.filter(({ state }) => ['working.contacted', 'nurturing'].includes(state.leaf));
    const states = ['working.contacted', 'nurturing'];
    expect(sorted(await everyPage({ scope: ALL, filter: { states } }))).toEqual(sorted(two));
    expect(await everyPage({ scope: ALL, filter: { states: [] } })).toEqual([]);
    const stewardTeam = MARKETING[0]!;
    const own = leads.filter((lead) => lead.state.steward?.team === stewardTeam && isOpen(lead));
    expect(sorted(await everyPage({ scope: ALL, filter: { stewardTeam, open: true } }))).toEqual(sorted(own));
    const source = 'email';
    const ofSource = leads.filter(({ events }) => events[0]?.data.source === source);
    expect(sorted(await everyPage({ scope: ALL, filter: { source } }))).toEqual(sorted(ofSource));
  });

  it('find leads by what another system calls them, within the scope', async () => {
    for (const lead of leads) {
      const ref = lead.events[0]?.data.externalRef as { system: string; id: string } | undefined;
      if (ref === undefined) continue;
      const found = await cards.findByExternalRef(ref.system, ref.id, ALL);
      expect(found.map((card) => card.lead)).toContain(lead.lead);
      expect(await cards.findByExternalRef(ref.system, ref.id, only([], []))).toEqual([]);
      expect(await cards.findByExternalRef('other', ref.id, ALL)).toEqual([]);
    }
  });

  it('queue contacts with several open leads that the caller may read, and tell of no others', async () => {
    const queue = new MergeQueue(opened.database);
    for (const scope of SCOPES) {
      const open = leads.filter(isOpen);
      const expected = [...new Set(open.map(({ state }) => state.contact!))].sort().flatMap((contact) => {
        const own = open.filter((lead) => lead.state.contact === contact && mayRead(lead, scope));
        return own.length > 1 ? [{ contact, own: sorted(own) }] : [];
      });
      const seen = [];
      for (let after = ''; ;) {
        const page = await queue.page({ scope, after, limit: 3 });
        seen.push(...page.candidates);
        if (page.next === undefined) break;
        after = page.next;
      }
      expect(seen.map(({ contact }) => contact)).toEqual(expected.map(({ contact }) => contact));
      for (const [index, { pairs }] of seen.entries()) {
        const { own } = expected[index]!;
        expect(pairs).toHaveLength((own.length * (own.length - 1)) / 2);
        for (const { older, newer } of pairs) {
          expect(older.createdAt <= newer.createdAt).toBe(true);
          expect(own).toEqual(expect.arrayContaining([older.lead, newer.lead]));
        }
      }
    }
  });

  it('count in the funnel what a direct count over the events gives', async () => {
    const rows = await new Funnel(opened.database).rows({ by: ['source', 'month'] });
    const direct = new Map<string, Record<string, number>>();
    for (const { events } of leads) {
      const key = `${events[0]?.data.source as string} ${monthOf(events[0]?.metadata.occurredAt as string)}`;
      const counts = direct.get(key) ?? {};
      direct.set(key, counts);
      const first = new Set<string>();
      for (const event of events) tally(event, counts, first);
    }
    const shown = rows.map(({ of, counts }) => [
      `${of.source} ${of.month}`,
      Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ]);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(direct));
    const [whole] = await new Funnel(opened.database).rows({ by: [] });
    expect(whole?.counts['leads-created']).toBe(leads.length);
    expect(whole?.rates.conversion).toBe(whole!.counts['leads-won'] / leads.length);
    const [email] = await new Funnel(opened.database).rows({ by: ['source'], source: 'email' });
    const sum = rows.filter(({ of }) => of.source === 'email').reduce((n, row) => n + row.counts['leads-created'], 0);
    expect(email?.counts['leads-created']).toBe(sum);
  });

  it('name the leads behind the numbers of the funnel within the scope, and count those outside', async () => {
    const numbers = new FunnelNumbers(opened.database, new Funnel(opened.database));
    for (const metric of [...COUNT_METRICS, ...RATE_METRICS]) {
      for (const part of ['all', 'counted'] as const) {
        const counted = metric.kind === 'count' ? metric.id : part === 'all' ? metric.over : metric.of;
        const { event } = COUNT_METRICS.find(({ id }) => id === counted)!;
        const of = leads.filter(({ events }) => events.some(({ type }) => type === `${event}.v1`));
        for (const scope of SCOPES) {
          for (const months of [{}, { fromMonth: '2026-02', toMonth: '2026-03' }]) {
            const asked = { only: { source: 'email' }, ...months, asOf: '', olderThanDays: 0, limit: 500, part, scope };
            const behind = of
              .filter(({ events }) => events[0]?.data.source === 'email')
              .filter(({ events: [created] }) => !('fromMonth' in months) || isOfMonths(created, months));
            const mine = sorted(behind.filter((lead) => mayRead(lead, scope)));
            const expected = { leads: mine, total: behind.length, outside: behind.length - mine.length };
            expect(await numbers.of(metric).evidence(asked)).toEqual(expected);
          }
        }
      }
      const rows = (await numbers.of(metric).rows({ by: ['source'], only: {}, asOf: '', olderThanDays: 0 }))!;
      const shown = await new Funnel(opened.database).rows({ by: ['source'] });
      expect(rows.map(({ of, value }) => [of, value])).toEqual(
        shown.map(({ of, counts, rates }) => [of, { ...counts, ...rates }[metric.id]]),
      );
    }
  });

  it('count a lead once behind a number, however often it came to that', async () => {
    const handOffs = ({ events }: RandomLead) => events.filter(({ type }) => type === 'LeadHandedOff.v1').length;
    const again = randomLeads(6, 400, 60).filter((lead) => handOffs(lead) > 1);
    expect(again.length).toBeGreaterThan(0);
    const apart = await openReadDatabase();
    try {
      await afterFeed(apart.database, [new FunnelProjection()], feedOf(recordedAll(again), 20), async () => {
        const numbers = new FunnelNumbers(apart.database, new Funnel(apart.database));
        const metric = COUNT_METRICS.find(({ id }) => id === 'hand-offs')!;
        const asked = { only: {}, asOf: '', olderThanDays: 0, limit: 500, part: 'all', scope: ALL } as const;
        const { total } = await numbers.of(metric).evidence(asked);
        expect(total).toBe(again.length);
        const [row] = (await numbers.of(metric).rows({ ...asked, by: [] }))!;
        expect(row?.value).toBe(again.reduce((sum, lead) => sum + handOffs(lead), 0));
      });
    } finally {
      await apart.dispose();
    }
  });

  it('keep contact details sealed, and open each field from the latest event that gave it', async () => {
    const corrected = leads.find(
      ({ events }) => events.filter((e) => e.type === 'LeadDetailsCorrected.v1').length > 2,
    )!;
    const sealed = (await cards.sealedDetails(corrected.lead, ALL))!;
    const asked: string[] = [];
    const details = await openDetails({ lead: corrected.lead, contact: 'c' }, sealed, async (pii, context) => {
      asked.push(`${context.eventType} ${context.leadId} ${context.contact}`);
      return { ok: true, personal: { name: 'created', [`from-${context.eventId}`]: pii.ct } };
    });
    expect(asked[0]).toBe(`LeadCreated.v1 ${corrected.lead} c`);
    expect(details).toMatchObject({ name: 'created' });
    const last = corrected.events.findLast((event) => event.type === 'LeadDetailsCorrected.v1')!;
    expect(sealed.at(-1)?.eventId).toBe(last.id);
    // two fields can be corrected in these histories: no more envelopes than those and the first are kept
    expect(sealed.length).toBeLessThanOrEqual(3);
    expect(await openDetails({ lead: 'l', contact: 'c' }, sealed, async () => ({ ok: false }))).toBeUndefined();
  });
});

function isOfMonths(created: NewEvent | undefined, { fromMonth = '', toMonth = '' }): boolean {
  const month = monthOf(created === undefined ? '' : metadataOf(created).occurredAt);
  return month >= fromMonth && month <= toMonth;
}

function tally(event: NewEvent, counts: Record<string, number>, first: Set<string>): void {
  const type = leadEventType(event.type);
  if (type === undefined) return;
  for (const { metric, firstOnly } of countedBy(type, event.metadata.imported === true)) {
    if (firstOnly && first.has(metric)) continue;
    first.add(metric);
    counts[metric] = (counts[metric] ?? 0) + 1;
  }
}
