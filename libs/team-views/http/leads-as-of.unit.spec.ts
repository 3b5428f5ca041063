import { PageCursors } from '../../http-kit/cursor.js';
import type { Caller } from '../../http-kit/caller.js';
import { EVERYTHING } from '../scope.js';
import { LeadsAsOf } from './leads-as-of.js';
import type { CardsQuery } from './views.dto.js';

const THEN = '2026-03-01T00:00:00Z';
const CREATED = '2026-01-01T00:00:00Z';
const ana = { subject: 'ana', roles: ['analyst'] } as unknown as Caller;

/** So many leads, created at once, each of so many events. */
function leadsOf(count: number, eventsOf: (at: number) => number) {
  const names = Array.from({ length: count }, (_, at) => String(at).padStart(4, '0'));
  const asked: string[] = [];
  const page = new LeadsAsOf(
    {
      createdBy: async (_time, { after, limit }) => {
        const rest = names.filter((lead) => after === undefined || lead > after[1]);
        return {
          leads: rest.slice(0, limit).map((lead) => ({ lead, createdAt: CREATED })),
          more: rest.length > limit,
        };
      },
    },
    async (lead) => {
      asked.push(lead);
      const events = eventsOf(Number(lead));
      return events === 0 ? undefined : { lead, revision: events - 1 };
    },
  );
  const sizes: number[] = [];
  return {
    names,
    asked,
    sizes,
    async everyPage(limit: number) {
      for (let next: string | undefined; ;) {
        const url = `/leads?asOf=${THEN}&limit=${limit}${next === undefined ? '' : `&cursor=${next}`}`;
        const query = { asOf: THEN, limit } as CardsQuery;
        const before = asked.length;
        const answer = await page.page(ana, EVERYTHING, THEN, query, new PageCursors(url));
        sizes.push(asked.length - before);
        if (answer.next === undefined) return;
        next = answer.next;
      }
    },
  };
}

describe('A page of leads as of a time', () => {
  it('holds as many as are asked for where they have few events, and a hundred at most', async () => {
    const few = leadsOf(230, () => 5);
    await few.everyPage(500);
    expect(few.sizes).toEqual([100, 100, 30]);
    expect(few.asked).toEqual(few.names);
  });

  it('ends where their events take long, each lead in one page', async () => {
    const long = leadsOf(60, () => 193);
    await long.everyPage(50);
    // 2,000 events: ten leads, each as long as its events and eight more.
    expect(long.sizes).toEqual([10, 10, 10, 10, 10, 10]);
    expect(long.asked).toEqual(long.names);
  });

  it('has one lead where that alone is longer', async () => {
    const longest = leadsOf(3, () => 50_000);
    await longest.everyPage(50);
    expect(longest.sizes).toEqual([1, 1, 1]);
  });

  it('looks past those that were not known yet', async () => {
    const unknown = leadsOf(30, (at) => (at === 29 ? 1 : 0));
    await unknown.everyPage(25);
    expect(unknown.sizes).toEqual([25, 5]);
  });
});
