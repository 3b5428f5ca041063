import type { LeadView } from '../libs/lead-commands/http/lead-view.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife, reached } from './lead-life.spec-kit.js';
import { formTeams, newLead, signPolicy } from './people.spec-kit.js';

const DAY_MS = 86_400_000;
const MONDAY = Date.UTC(2026, 5, 1, 8);

interface Page {
  readonly leads: readonly { readonly lead: string; readonly state: string }[];
  readonly states: readonly { readonly state: string; readonly leads: number }[];
  readonly next?: string;
}

let now = MONDAY;
let baton: TestBaton;
let life: LeadLife;
let offered: LeadView;
let worked: LeadView;
let lost: LeadView;
let nurtured: LeadView;

beforeAll(async () => {
  baton = await startBaton({ clock: () => now });
  await formTeams(baton.as);
  await signPolicy(baton.as);
  life = new LeadLife(baton);
  const { as } = baton;
  offered = await life.offeredTo({ team: 'north-sales', person: 'sven' });
  worked = await life.workedBy('sven');
  const lostByHim = await life.workedBy('sven');
  await as('sven').done(`/leads/${lostByHim.lead}/lose`, { reason: 'other' });
  lost = await reached(baton, lostByHim.lead, 'lost');
  const { lead } = await life.create(newLead());
  const track = { track: 'basics', channel: 'email', cadenceDays: 14, resumeAt: '2026-09-01T00:00:00Z' };
  await as('maria').done(`/leads/${lead}/start-nurture`, track);
  nurtured = await reached(baton, lead, 'nurturing');
});
afterAll(() => baton.stop());

const leadsOf = (page: Page) => page.leads.map(({ lead }) => lead);
/** Reads that see all that was written: each waits for its own lead. */
const read = <Body = Page>(person: string, path: string, view: LeadView) =>
  baton.as(person).read<Body>(`${path}${path.includes('?') ? '&' : '?'}after=${view.lead}@${view.revision}`);

describe('boards over HTTP', () => {
  it('put offers before work and losses in a queue, and show marketing all it stewards', async () => {
    for (const path of ['/boards/sales/north-sales', '/boards/workers/sven']) {
      expect(leadsOf(await read('sam', path, nurtured))).toEqual([offered.lead, worked.lead, lost.lead]);
    }
    const board = await read('maria', '/boards/marketing', nurtured);
    expect(board.states).toMatchObject([
      { state: 'lost', leads: 1 },
      { state: 'nurturing', leads: 1 },
      { state: 'offered', leads: 1 },
      { state: 'working.attempting', leads: 1 },
    ]);
    expect(leadsOf(await read('maria', '/boards/marketing?state=nurturing,lost', nurtured)).sort()).toEqual(
      [nurtured.lead, lost.lead].sort(),
    );
    expect(leadsOf(await read('maria', '/boards/marketing?resumeBy=2026-09-01T00:00:00Z', nurtured))).toEqual([
      nurtured.lead,
    ]);
  });

  it('are narrowed and sorted as they are asked', async () => {
    const of = async (path: string) => leadsOf(await read('sam', path, nurtured));
    const two = '/boards/sales/north-sales?state=lost,offered&sort=created';
    expect((await of(two)).sort()).toEqual([lost.lead, offered.lead].sort());
    expect((await of(`${two}&direction=ascending`)).reverse()).toEqual(await of(two));
    expect(await of('/boards/sales/north-sales?direction=descending')).toEqual([lost.lead, worked.lead, offered.lead]);
    expect(await of('/boards/sales/north-sales?person=sara')).toEqual([]);
    expect(await of('/boards/sales/south-sales?person=sven')).toEqual([]);
    expect(await of('/boards/workers/sven?source=email')).toEqual([]);
    expect(await of('/boards/workers/sven?stewardPerson=maria&state=working')).toEqual([worked.lead]);
    expect(await of('/standstill?olderThanDays=0&state=working&salesPerson=sven')).toEqual([worked.lead]);
    expect(await read('sam', '/offers?source=email', nurtured)).toEqual({ offers: [] });
    expect(await read('maria', '/merge-queue', nurtured)).toEqual({ candidates: [] });
    for (const path of ['/offers?state=won', '/boards/sales/north-sales?sort=colour', '/leavers?role=boss']) {
      expect((await baton.as('sam').get(path)).status).toBe(400);
    }
  });

  it('go page by page, and no cursor of another list opens one', async () => {
    const first = await baton.as('sam').read<Page>('/boards/sales/north-sales?limit=2');
    const second = await baton.as('sam').read<Page>(`/boards/sales/north-sales?limit=2&cursor=${first.next}`);
    expect([...leadsOf(first), ...leadsOf(second)]).toEqual([offered.lead, worked.lead, lost.lead]);
    expect(second.next).toBeUndefined();
    for (const other of [
      '/missing-ratings',
      '/boards/sales/south-sales',
      '/boards/workers/sven',
      '/boards/sales/north-sales?source=email',
      '/boards/sales/north-sales?sort=updated',
    ]) {
      const answer = await baton.as('sam').get(`${other}${other.includes('?') ? '&' : '?'}cursor=${first.next}`);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ in: 'query', field: 'cursor' }] } });
    }
  });

  it("show a stranger nothing of another team's leads, in no list, count or page", async () => {
    for (const person of ['otto', 'eve', 'malte']) {
      const { as } = baton;
      for (const path of ['/boards/marketing', '/boards/sales/north-sales', '/boards/workers/sven']) {
        expect(await as(person).read(path)).toEqual({ metric: 'leads-in-state', states: [], leads: [] });
      }
      expect(await as(person).read('/offers')).toEqual({ offers: [] });
      expect(await as(person).read('/standstill?olderThanDays=0')).toMatchObject({ states: [], leads: [] });
      expect(await as(person).read('/hygiene')).toMatchObject({ workers: [] });
      expect(await as(person).read('/missing-ratings')).toMatchObject({ workers: [], ratings: [] });
      expect(await as(person).read('/leavers')).toEqual({ leavers: [], leads: [] });
      expect(await as(person).read('/ownership?person=sven')).toEqual({ intervals: [] });
      expect(await as(person).read('/ownership/changes?actor=sven')).toEqual({ changes: [] });
      expect((await as(person).get(`/leads/${worked.lead}/owners`)).status).toBe(404);
    }
  });

  it('say how long an offer waits and when it is late', async () => {
    interface Offers {
      readonly offers: readonly { lead: string; waiting: object; offer: { acceptBy: string } }[];
    }
    now = MONDAY + 3_600_000;
    const { offers } = await baton.as('sam').read<Offers>('/offers');
    expect(offers).toHaveLength(1);
    expect(offers[0]).toMatchObject({ lead: offered.lead, waiting: { seconds: 3_600, late: false } });
    expect(await baton.as('sam').read('/offers?late=true')).toEqual({ offers: [] });
    now = Date.parse(offers[0]!.offer.acceptBy) + 5_000;
    const late = await baton.as('sam').read<Offers>('/offers?late=true&team=north-sales');
    expect(late.offers[0]).toMatchObject({ lead: offered.lead, waiting: { secondsLeft: -5, late: true } });
    now = MONDAY;
  });

  it('find after a while what stands still, is silent or was not updated, and who owes a rating', async () => {
    now = MONDAY + 50 * DAY_MS;
    const still = await baton.as('maria').read<Page>('/standstill?olderThanDays=30');
    expect(leadsOf(still).sort()).toEqual([offered, worked, lost, nurtured].map(({ lead }) => lead).sort());
    expect((await baton.as('maria').read<Page>('/standstill?olderThanDays=51')).leads).toEqual([]);
    expect(leadsOf(await baton.as('maria').read<Page>('/boards/marketing?silent=true'))).toEqual([nurtured.lead]);
    const worker = { team: 'north-sales', person: 'sven' };
    const stale = { ...worker, open: 1, updated: 0, share: 0, outside: 0 };
    expect(await baton.as('sam').read('/hygiene')).toEqual({ metric: 'hygiene', days: 7, workers: [stale] });
    const touch = { channel: 'phone', direction: 'outbound', twoWay: true, human: true };
    await baton.as('sven').done(`/leads/${worked.lead}/contact`, touch);
    const updated = await reached(baton, worked.lead, 'working.contacted');
    expect(await read('sam', '/hygiene?team=north-sales', updated)).toMatchObject({
      workers: [{ updated: 1, share: 1 }],
    });

    expect(await baton.as('sam').read('/missing-ratings')).toMatchObject({
      workers: [{ ...worker, missing: 1 }],
      ratings: [{ lead: lost.lead, cycle: 1, ...worker, endedAs: 'lost' }],
    });
    const { revision } = await baton.as('sven').done<LeadView>(`/leads/${lost.lead}/rate`, { rating: 2 });
    expect(await read('sam', '/missing-ratings', { ...lost, revision })).toMatchObject({ workers: [], ratings: [] });
  });

  it('tell who had a lead at any instant, who held what, and who changed it', async () => {
    interface Owners {
      readonly owners: Readonly<Record<string, { readonly person?: string }>>;
    }
    const then = (at: string) => baton.as('maria').read<Owners>(`/leads/${worked.lead}/owners?at=${at}&as=known`);
    expect((await then('2026-05-31T00:00:00Z')).owners).toEqual({});
    const { owners } = await then('2026-06-02T00:00:00Z');
    expect(owners).toMatchObject({ steward: { person: 'maria' }, worker: { person: 'sven' } });
    expect(owners).not.toHaveProperty('offeree');

    interface Held {
      readonly intervals: readonly { readonly lead: string; readonly role: string }[];
    }
    const held = await baton.as('sam').read<Held>('/ownership?person=sven&role=worker&from=2026-06-01T00:00:00Z');
    expect(held.intervals.map(({ lead }) => lead).sort()).toEqual([worked.lead, lost.lead].sort());
    expect((await baton.as('sam').get('/ownership')).status).toBe(400);

    const { changes } = await baton.as('sam').read<{ changes: object[] }>('/ownership/changes?actor=sven');
    expect(changes).toHaveLength(2);
    expect(changes[0]).toMatchObject({
      changed: [
        { role: 'offeree', to: null },
        { role: 'worker', from: null, to: { team: 'north-sales', person: 'sven' } },
      ],
    });
  });

  it('show the leads of a leaver to those who may give them to somebody else', async () => {
    expect(await baton.as('sam').read('/leavers')).toEqual({ leavers: [], leads: [] });
    await baton.as('root').done('/teams/north-sales/leave', { person: 'sven' });
    const left = await baton.as('maria').read<Page & { leavers: object[] }>('/leavers');
    expect(left.leavers).toContainEqual({ role: 'worker', team: 'north-sales', people: ['sven'] });
    expect(await baton.as('maria').read('/leavers?role=steward')).toEqual({ leavers: [], leads: [] });
    expect(leadsOf(await baton.as('maria').read('/leavers?role=worker&team=north-sales&state=lost'))).toEqual([
      lost.lead,
    ]);
    expect(leadsOf(left).sort()).toEqual([offered, worked, lost].map(({ lead }) => lead).sort());
  });
});
