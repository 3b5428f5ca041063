import type { Problem } from '../libs/http-kit/problem.js';
import { METRIC_CATALOGUE } from '../libs/metric-catalogue/metric-catalogue.js';
import type { EvidencePage } from '../libs/team-views/leads-behind.js';
import type { NumberRow } from '../libs/team-views/outcome-numbers.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife, showLead } from './lead-life.spec-kit.js';
import { formTeams, signPolicy } from './people.spec-kit.js';

const SVEN = { team: 'north-sales', person: 'sven' };
const CALL = { channel: 'phone', direction: 'outbound', twoWay: true, human: true };
const LATER = '2190-01-01T00:00:00Z';

let baton: TestBaton;
/** the last place that was written, for queries that must have it */
let after: string;
const leads: Record<string, string> = {};

beforeAll(async () => {
  baton = await startBaton();
  const { as } = baton;
  await formTeams(as);
  await signPolicy(as);
  const life = new LeadLife(baton);
  const { lead: rejected } = await life.offeredTo(SVEN, { campaign: 'spring' });
  await as('sven').done(`/leads/${rejected}/reject`, { reason: 'not-a-fit.role' });
  const { lead: lost } = await life.workedBy('sven');
  await as('sven').done(`/leads/${lost}/contact`, { ...CALL, asset: 'flyer' });
  await as('maria').done(`/leads/${lost}/contact`, { ...CALL, channel: 'email' });
  await as('sven').done(`/leads/${lost}/record-insight`, { insight: 'wish', tags: ['erp', 'price'] });
  await as('sven').done(`/leads/${lost}/lose`, { reason: 'collateral.outdated', asset: 'flyer', rating: 2 });
  const { lead: recycled } = await life.workedBy('sven');
  await as('sven').done(`/leads/${recycled}/recycle`, { reason: 'not-now', resumeAt: LATER });
  Object.assign(leads, { rejected, lost, recycled });
  after = `${recycled}@${(await showLead(baton, recycled)).revision}`;
});
afterAll(() => baton.stop());

const number = async (person: string, question: string): Promise<readonly NumberRow[]> => {
  const path = `/numbers/${question}${question.includes('?') ? '&' : '?'}after=${after}`;
  return (await baton.as(person).read<{ rows: NumberRow[] }>(path)).rows;
};
const behind = (person: string, question: string) =>
  baton.as(person).read<EvidencePage & { readonly next?: string }>(`/numbers/${question}`);

describe('The numbers that both teams share', () => {
  it('say what became of the leads', async () => {
    expect(await number('maria', 'rejections?by=reason,faultDomain,team,campaign')).toEqual([
      {
        of: { reason: 'not-a-fit.role', faultDomain: 'lead-quality', team: 'north-sales', campaign: 'spring' },
        numerator: 1,
        denominator: null,
        value: 1,
      },
    ]);
    expect(await number('maria', 'lost-cycles?by=faultDomain,asset,person')).toMatchObject([
      { of: { faultDomain: 'collateral', asset: 'flyer', person: 'sven' }, value: 1 },
    ]);
    expect(await number('sven', 'quality-rating?by=source')).toMatchObject([{ value: 2, denominator: 1 }]);
    expect(await number('sven', 'missing-ratings?person=sven')).toMatchObject([{ numerator: 1, denominator: 2 }]);
    expect(await number('maria', 'insights?by=tag')).toMatchObject([{ of: { tag: 'erp' } }, { of: { tag: 'price' } }]);
    expect(await number('maria', 'assists?by=team')).toMatchObject([{ of: { team: 'north-marketing' }, value: 1 }]);
    expect(await number('maria', 'asset-losses?by=asset')).toMatchObject([{ of: { asset: 'flyer' }, value: 1 }]);
    const byPolicy = await number('ana', 'policy-acceptance?by=policyVersion');
    expect(byPolicy).toMatchObject([{ of: { policyVersion: 'default@1' } }]);
  });

  it('say what stands now, and what became of those who came in', async () => {
    expect(await number('sam', 'leads-in-state?by=phase')).toMatchObject([
      { of: { phase: 'lost' }, value: 1 },
      { of: { phase: 'nurturing' }, value: 2 },
    ]);
    expect(await number('sam', 'stage-ages?by=phase')).toMatchObject([
      { of: { phase: 'lost', age: '0-1' } },
      { of: { phase: 'nurturing', age: '0-1' } },
    ]);
    expect(await number('maria', 'standstill?olderThanDays=0')).toMatchObject([{ denominator: 3, value: 1 }]);
    expect(await number('maria', 'ratings-owed?by=person')).toMatchObject([{ of: { person: 'sven' }, value: 1 }]);
    expect(await number('maria', 'leads-won')).toMatchObject([{ value: 0 }]);
    expect(await number('maria', 'acceptance-rate?by=topic&campaign=')).toMatchObject([{ of: { topic: 'robots' } }]);
    expect(await number('maria', 'conversion?from=2190-01')).toEqual([
      { of: {}, numerator: 0, denominator: 0, value: null },
    ]);
  });

  it('measure follow-up when its time is over', async () => {
    expect(await number('sam', 'follow-up-rate')).toMatchObject([{ denominator: 0, value: null }]);
    // The first offer of each was the rule's and was withdrawn: outside where nobody of the team touched the lead.
    const [row] = await number('sam', `follow-up-rate?asOf=${LATER}`);
    expect(row).toMatchObject({ numerator: 1, denominator: 1, apart: 0 });
  });

  it('are the same for marketing, sales and analysts', async () => {
    for (const { id, by } of METRIC_CATALOGUE) {
      const question = `${id}?by=${by.slice(0, 4).join(',')}`;
      const [mona, ed, ana] = await Promise.all(['mona', 'ed', 'ana'].map((person) => number(person, question)));
      expect(mona).toEqual(ed);
      expect(ana).toEqual(ed);
    }
  });

  it('are all defined in the catalogue', async () => {
    const { metrics } = await baton.as('sven').read<{ metrics: object[] }>('/metric-catalogue');
    expect(metrics).toEqual(METRIC_CATALOGUE);
    for (const { id } of METRIC_CATALOGUE) {
      expect((await baton.as('sven').get(`/numbers/${id}`)).status).toBe(200);
      expect((await baton.as('sven').get(`/numbers/${id}/evidence`)).status).toBe(200);
    }
  });
});

describe('The leads behind a number', () => {
  it('of the funnel and of what stands are listed to those who may read them, and counted to the others', async () => {
    const all = Object.values(leads).toSorted();
    const handedOff = `hand-offs/evidence?after=${after}`;
    expect(await behind('maria', handedOff)).toMatchObject({ leads: all, total: 3, outside: 0 });
    expect(await behind('ed', handedOff)).toMatchObject({ leads: [], total: 3, outside: 3 });
    expect(await behind('ana', 'losses/evidence')).toMatchObject({ leads: [leads['lost']], total: 1 });
    const rate = 'acceptance-rate/evidence?part=counted&topic=robots';
    expect(await behind('ana', rate)).toMatchObject({ leads: [leads['lost'], leads['recycled']].toSorted(), total: 2 });
    expect(await behind('ana', 'conversion/evidence?part=counted')).toMatchObject({ leads: [], total: 0 });
    expect(await behind('maria', 'leads-in-state/evidence?state=lost')).toMatchObject({ leads: [leads['lost']] });
    expect(await behind('ed', 'leads-in-state/evidence?phase=lost')).toMatchObject({ leads: [], outside: 1 });
    expect(await behind('maria', 'ratings-owed/evidence?person=sven')).toMatchObject({ leads: [leads['recycled']] });
  });

  it('are listed to those who may read them, and counted to the others', async () => {
    const all = Object.values(leads).toSorted();
    const question = `offer-acceptance/evidence?after=${after}`;
    expect(await behind('maria', question)).toMatchObject({ leads: all, total: 3, outside: 0 });
    // Sven's sight of the lead that he rejected has ended.
    const [lost, recycled] = [leads['lost']!, leads['recycled']!];
    expect(await behind('sven', question)).toMatchObject({ leads: [lost, recycled].toSorted(), outside: 1 });
    for (const person of ['otto', 'ed', 'malte', 'silke']) {
      expect(await behind(person, question)).toMatchObject({ leads: [], total: 3, outside: 3 });
    }
    expect((await baton.as('root').get(`/numbers/${question}`)).status).toBe(403);
  });

  it('come by the page, of the part that is asked for', async () => {
    const first = await behind('ana', 'offer-acceptance/evidence?limit=2');
    const second = await behind('ana', `offer-acceptance/evidence?limit=2&cursor=${first.next}`);
    expect([...first.leads, ...second.leads]).toEqual(Object.values(leads).toSorted());
    expect(second).not.toHaveProperty('next');
    expect(await behind('ana', 'offer-acceptance/evidence?part=counted&campaign=spring')).toMatchObject({ total: 0 });
    expect(await behind('ana', 'missing-ratings/evidence?part=counted')).toMatchObject({ leads: [leads['recycled']] });
  });
});

describe('A number that cannot be had', () => {
  it.each([
    ['no-such-metric', 404, undefined],
    ['conversion?by=reason', 400, 'by'],
    ['conversion?asOf=2026-01-01T00:00:00Z', 400, 'asOf'],
    ['hygiene?from=2026-01', 400, 'from'],
    ['hygiene?olderThanDays=3', 400, 'olderThanDays'],
    ['standstill?olderThanDays=-1', 400, 'olderThanDays'],
    ['standstill?month=2026-01', 400, 'month'],
    ['stage-ages?age=5', 400, 'age'],
    ['hygiene/evidence?part=apart', 400, 'part'],
    ['assists?by=reason', 400, 'by'],
    ['assists?by=colour', 400, 'by'],
    ['assists?by=source,topic,campaign,team,person', 400, 'by'],
    ['assists?reason=other', 400, 'reason'],
    ['assists?asOf=2026-01-01T00:00:00Z', 400, 'asOf'],
    ['follow-up-rate?asOf=yesterday', 400, 'asOf'],
    ['assists?from=2026-13', 400, 'from'],
    ['assists?colour=red', 400, 'colour'],
    [`assists?source=${'x'.repeat(65)}`, 400, 'source'],
    ['assists/evidence?limit=501', 400, 'limit'],
    ['assists/evidence?part=apart', 400, 'part'],
    ['assists/evidence?cursor=WzFd', 400, 'cursor'],
  ])('%s is refused with %i', async (question, status, field) => {
    const answer = await baton.as('maria').get<Problem>(`/numbers/${question}`);
    expect(answer.status).toBe(status);
    if (field !== undefined) expect(answer.body.errors?.map((error) => error.field)).toContain(field);
  });
});
