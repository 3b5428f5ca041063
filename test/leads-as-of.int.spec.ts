import type { LeadView } from '../libs/lead-commands/http/lead-view.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife, showLead } from './lead-life.spec-kit.js';
import { formTeams, newLead, signPolicy } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

interface Page {
  readonly leads: readonly LeadView[];
  readonly next?: string;
}

const DAY = 86_400_000;
/** Driven by hand: each command is at the time that stands here. */
let now = Date.parse('2026-03-01T12:00:00Z');
const isoNow = () => new Date(now).toISOString();

let baton: TestBaton;
let lost: string;
let imported: string;
let beforeAny: string;
let whenWorked: string;
let whenLost: string;

beforeAll(async () => {
  baton = await startBaton({ clock: () => now });
  await formTeams(baton.as);
  await signPolicy(baton.as);
  const life = new LeadLife(baton);
  beforeAny = isoNow();
  now += DAY;
  const { lead } = await life.workedBy('sven');
  lost = lead;
  whenWorked = isoNow();
  now += DAY;
  await baton.as('sven').done(`/leads/${lost}/lose`, { reason: 'other' });
  whenLost = isoNow();
  now += DAY;
  // Happened before all of that, and nobody knew.
  ({ lead: imported } = await life.create(newLead({ occurredAt: '2026-01-01T00:00:00Z', topic: 'cranes' })));
  await until(
    () => baton.as('ana').read<{ leads: { state: string }[] }>('/leads'),
    ({ leads }) => leads.length === 2 && leads.some(({ state }) => state === 'lost'),
    'views with all of it',
  );
});
afterAll(() => baton.stop());

const asOf = async (time: string, person = 'ana', more = '') =>
  baton.as(person).read<Page & Record<string, never>>(`/leads?asOf=${time}${more}`);
const states = ({ leads }: Page) => Object.fromEntries(leads.map(({ lead, state }) => [lead, state]));

describe('Leads as of a time', () => {
  it('stand as they were known then: what was recorded later, even of earlier days, is not there', async () => {
    expect(states(await asOf(beforeAny))).toEqual({});
    expect(states(await asOf(whenWorked))).toEqual({ [lost]: 'working.attempting' });
    expect(states(await asOf(whenLost))).toEqual({ [lost]: 'lost' });
    expect(states(await asOf(isoNow()))).toEqual({ [imported]: 'captured', [lost]: 'lost' });
  });

  it('are what the lead alone answers', async () => {
    const { leads } = await asOf(whenWorked);
    expect(leads).toEqual([await baton.as('ana').read(`/leads/${lost}?at=${whenWorked}&as=known`)]);
    expect((await asOf(isoNow())).leads.at(-1)).toEqual(await showLead(baton, lost));
  });

  it('come by the page, each once', async () => {
    const seen: string[] = [];
    const now = isoNow();
    let next: string | undefined;
    do {
      const page: Page = await asOf(now, 'ana', `&limit=1${next === undefined ? '' : `&cursor=${next}`}`);
      seen.push(...page.leads.map(({ lead }) => lead));
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual([imported, lost]);
  });

  it('are seen by whoever may see them now, and by nobody else', async () => {
    expect(states(await asOf(whenWorked, 'maria'))).toEqual({ [lost]: 'working.attempting' });
    expect(states(await asOf(isoNow(), 'sven'))).toEqual({ [lost]: 'lost' });
    for (const stranger of ['otto', 'eve', 'malte']) expect(states(await asOf(isoNow(), stranger))).toEqual({});
    expect((await baton.as('root').get(`/leads?asOf=${whenLost}`)).status).toBe(403);
  });

  it.each(['state=lost', 'stewardTeam=north-marketing', 'sort=score', 'source=email', 'cursor=nonsense'])(
    'refuse what says nothing about then: %s',
    async (parameter) => {
      expect((await baton.as('ana').get(`/leads?asOf=${whenLost}&${parameter}`)).status).toBe(400);
    },
  );
});
