import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgreementContent, RoutingRule } from '../libs/agreements/agreement-content.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView, TimelineView } from '../libs/lead-commands/http/lead-view.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife, reached, showLead } from './lead-life.spec-kit.js';
import { formTeams, goodLead, newLead, POLICY, signPolicy, signVersion, TEAMS } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

const DAY_MS = 86_400_000;
let baton: TestBaton;
let life: LeadLife;
let now: number;
/** Each look at it is a millisecond later; a test may set it forward. */
const ticking = () => (now += 1);

beforeEach(async () => {
  now = Date.now();
  baton = await startBaton({ stores: 'memory', clock: ticking });
  await formTeams(baton.as);
  life = new LeadLife(baton);
});
afterEach(() => baton.stop());

const declare = (team: string, openLeads: number | null) =>
  baton.as('root').done(`/teams/${team}/declare-capacity`, { openLeads });
const typesOf = async (lead: string): Promise<string[]> => {
  const { events } = await baton.as('ana').read<TimelineView>(`/leads/${lead}/timeline?limit=500`);
  return events.map(({ type }) => type);
};
/** All that has come so far has been looked at by the flow. */
const settled = () =>
  until(
    async () => (await fetch(`${baton.url}/metrics`)).text(),
    (metrics) => /^baton_routing_behind_seconds 0$/m.test(metrics),
    'lead-routing at the end of the log',
  );

async function routeBy(...routing: RoutingRule[]): Promise<void> {
  const { shipped } = await baton.as('maria').read<{ shipped: { content: AgreementContent } }>('/agreements/default');
  await signVersion(baton.as, 'agreements/default', { content: { ...shipped.content, routing } });
}

describe('Capacity', () => {
  it('holds leads where sales is full, and releases them by score and then by age as places come free', async () => {
    await routeBy({ name: 'north', when: {}, to: 'north-sales', mode: 'queue' });
    await declare('north-sales', 1);
    await signPolicy(baton.as);
    const first = await life.offered();
    const waiting: LeadAnswer[] = [];
    for (const behaviours of [[], [], ['demo-requested']]) {
      now += 1000;
      const lead = await life.create(goodLead({ behaviours }));
      await reached(baton, lead.lead, 'held');
      waiting.push(lead);
    }
    const [older, newer, better] = waiting.map(({ lead }) => lead) as [string, string, string];
    const order: string[] = [];
    let taken = first.lead;
    for (const expected of [better, older, newer]) {
      await baton.as('sven').done(`/leads/${taken}/reject`, { reason: 'not-now' });
      const { revision } = await reached(baton, expected, 'offered');
      const query = `/leads?state=offered&after=${expected}@${revision}`;
      const open = await baton.as('ana').read<{ leads: { lead: string }[] }>(query);
      expect(open.leads.map(({ lead }) => lead)).toEqual([expected]);
      order.push(expected);
      taken = expected;
    }
    expect(order).toEqual([better, older, newer]);
    expect(await typesOf(newer)).toEqual([
      'LeadCreated',
      'LeadScored',
      'LeadQualified',
      'LeadHeld',
      'LeadReleased',
      'LeadHandedOff',
    ]);
  });

  it('that grows lets as many go as it has room for', async () => {
    await routeBy({ name: 'north', when: {}, to: 'north-sales', mode: 'round-robin' });
    await declare('north-sales', 0);
    await signPolicy(baton.as);
    const leads = await Promise.all(Array.from({ length: 5 }, () => life.create(goodLead())));
    for (const { lead } of leads) await reached(baton, lead, 'held');
    await declare('north-sales', 3);
    await until(
      () => Promise.all(leads.map(({ lead }) => showLead(baton, lead))),
      (views) => views.filter(({ state }) => state === 'offered').length === 3,
      'three offers',
    );
    await settled();
    const states = await Promise.all(leads.map(async ({ lead }) => (await showLead(baton, lead)).state));
    expect(states.toSorted()).toEqual(['held', 'held', 'offered', 'offered', 'offered']);
  });
});

describe('Routing', () => {
  it('gives every member of the team the same number of leads', async () => {
    await routeBy({ name: 'north', when: {}, to: 'north-sales', mode: 'round-robin' });
    await signPolicy(baton.as);
    const each = 4;
    const members = TEAMS['north-sales']!.members;
    const leads = await Promise.all(Array.from({ length: each * members.length }, () => life.create(goodLead())));
    const offered = await Promise.all(leads.map(({ lead }) => reached(baton, lead, 'offered')));
    for (const member of members) {
      expect(offered.filter(({ offeree }) => offeree!.person === member)).toHaveLength(each);
    }
  });

  it('follows the agreement: by source, by topic, by segment, the first rule that holds', async () => {
    await routeBy(
      { name: 'partners', when: { source: ['partner'] }, to: 'south-sales', mode: 'queue' },
      { name: 'robots', when: { topic: ['robots'] }, to: 'north-sales', mode: 'queue' },
      { name: 'public', when: { segment: ['public'] }, to: 'south-sales', mode: 'round-robin' },
      { name: 'rest', when: {}, to: 'north-sales', mode: 'round-robin' },
    );
    await signPolicy(baton.as);
    const offer = async (more: object) => (await life.offered(more)).offeree;
    const profile = { industry: 'manufacturing', companySizeBand: '51-200', segment: 'public' };
    expect(await offer({ source: 'partner', topic: 'robots' })).toEqual({ team: 'south-sales' });
    expect(await offer({ topic: 'robots', profile })).toEqual({ team: 'north-sales' });
    expect(await offer({ topic: 'other', profile })).toEqual({ team: 'south-sales', person: 'ed' });
    expect(await offer({ topic: 'other' })).toEqual({ team: 'north-sales', person: 'sam' });
  });

  it('leaves a hand-off that was withdrawn to the steward', async () => {
    await signPolicy(baton.as);
    const { lead } = await life.offered();
    await baton.as('maria').done(`/leads/${lead}/withdraw-handoff`, { reason: 'handed-off-in-error' });
    // What came later has gone through: this one was passed over.
    await life.offered();
    await settled();
    expect((await showLead(baton, lead)).state).toBe('qualified');
    expect((await typesOf(lead)).filter((type) => type === 'LeadHandedOff')).toHaveLength(1);
  });

  it('waits for the first sales team, and then takes up what stood waiting', async () => {
    await baton.stop();
    baton = await startBaton({ stores: 'memory', clock: ticking });
    life = new LeadLife(baton);
    await formTeams(baton.as, ['north-marketing']);
    const { lead } = await life.create(newLead());
    await baton.as('mona').done(`/leads/${lead}/qualify`, { reason: 'met-in-person' });
    await settled();
    expect((await showLead(baton, lead)).state).toBe('qualified');
    await formTeams(baton.as, ['north-sales']);
    await reached(baton, lead, 'offered');
  });

  it('has no part in imported history', async () => {
    await signPolicy(baton.as);
    const occurredAt = new Date(now - DAY_MS).toISOString();
    const { lead } = await life.create({ ...goodLead(), occurredAt }, 'ida');
    await baton.as('ida').done(`/leads/${lead}/qualify`, { reason: 'imported', occurredAt });
    await life.offered();
    await settled();
    expect(await typesOf(lead)).toEqual(['LeadCreated', 'LeadQualified']);
    // A new sales team takes up what waits for one: this never did.
    await baton.as('root').done('/teams/late-sales/form', { kind: 'sales', name: 'Late' });
    await life.offered();
    await settled();
    expect(await typesOf(lead)).toEqual(['LeadCreated', 'LeadQualified']);
  });
});

describe('A policy', () => {
  const strict = { ...POLICY, threshold: 90 };

  it('that comes into force scores what is captured and nurtured anew, and nothing else', async () => {
    await signPolicy(baton.as, strict);
    const passing = await life.create(goodLead());
    const failing = await life.create(newLead());
    const offered = await life.offered({ behaviours: ['demo-requested'] });
    expect(passing.state).toBe('captured');

    await signPolicy(baton.as, POLICY);
    const view = await reached(baton, passing.lead, 'offered');
    expect(view.score).toMatchObject({ total: 60, passed: true });
    await settled();
    expect((await showLead(baton, failing.lead)).state).toBe('captured');
    expect((await typesOf(failing.lead)).filter((type) => type === 'LeadScored')).toHaveLength(2);
    expect(await showLead(baton, offered.lead)).toEqual(offered);
  });

  it('with a later date comes into force then, by itself, and not before', async () => {
    await signPolicy(baton.as, strict);
    const { lead } = await life.create(goodLead());
    await signPolicy(baton.as, POLICY, new Date(now + DAY_MS).toISOString());
    await settled();
    expect((await showLead(baton, lead)).state).toBe('captured');
    const before = await life.create(goodLead());
    expect(before.state).toBe('captured');

    now += DAY_MS;
    const after = await life.create(goodLead());
    expect(after.state).toBe('qualified');
  });

  it('with a later date scores what waited when its time comes, also after a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'baton-due-'));
    let real = await startBaton({ dataDir });
    try {
      await formTeams(real.as, ['north-marketing', 'north-sales']);
      const { lead } = await real.as('maria').done<LeadAnswer>('/leads', goodLead());
      const validFrom = new Date(Date.now() + 4_000).toISOString();
      await signPolicy(real.as, POLICY, validFrom);
      await real.stop();
      real = await startBaton({ dataDir });
      await reached(real, lead, 'offered');
      const { events } = await real.as('ana').read<TimelineView>(`/leads/${lead}/timeline`);
      expect(events.find(({ type }) => type === 'LeadScored')!.recordedAt >= validFrom).toBe(true);
    } finally {
      await real.stop();
      await rm(dataDir, { recursive: true });
    }
  });

  it('signed by one team alone qualifies nobody; nor does a superseded one', async () => {
    const { as } = baton;
    const proposal = await as('maria').done('/policies/default/propose', { content: { ...POLICY, threshold: 1 } });
    const { version, contentHash } = proposal;
    await as('sam').done('/policies/default/sign', { version, contentHash });
    expect((await life.create(goodLead())).state).toBe('captured');
    await as('mona').done('/policies/default/sign', { version, contentHash });
    await signPolicy(as, strict);
    expect((await life.create(goodLead())).state).toBe('captured');
  });
});

it('A touch is told to the contact, and one touch once', async () => {
  await signPolicy(baton.as);
  const view: LeadView = await life.workedBy('sven');
  const touch = { channel: 'phone', direction: 'outbound', twoWay: true, human: true };
  await baton.as('sven').done(`/leads/${view.lead}/contact`, touch);
  await baton.as('sven').done(`/leads/${view.lead}/contact`, touch);
  await settled();
  const mirrored = (await baton.events()).filter(({ type }) => type === 'TouchMirrored.v1');
  expect(mirrored.map(({ stream }) => stream)).toEqual(Array(2).fill(`contact-${view.contact}`));
});
