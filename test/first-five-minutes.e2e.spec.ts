import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Running } from '../apps/baton/compose.js';
import { startEmbedded } from '../apps/baton/embedded.js';
import { DevTokenIssuer, devKeyFile } from '../libs/http-kit/dev-tokens.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView, TimelineView } from '../libs/lead-commands/http/lead-view.js';
import type { FunnelRow } from '../libs/team-views/funnel.js';
import type { LeadCard, OwnerInterval } from '../libs/team-views/lead-card.js';
import { clientOf } from './baton.spec-kit.js';
import type { Client } from './client.spec-kit.js';
import { reached } from './lead-life.spec-kit.js';
import { formTeams, goodLead, POLICY, PROFILE } from './people.spec-kit.js';

const DETAILS = { name: 'Ada Example', email: 'ada@example.com' };
type Card = LeadCard & { readonly intervals: readonly OwnerInterval[] };

let dataDir: string;
let running: Running;
let as: (person: string) => Client;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-story-'));
  running = await startEmbedded({ dataDir, host: '127.0.0.1', port: 0, logLevel: 'silent' });
  const issuer = await DevTokenIssuer.open(devKeyFile(dataDir), Date.now);
  as = (person) => clientOf(running.url, person, issuer);
  await formTeams(as, ['north-marketing', 'north-sales']);
});

afterAll(async () => {
  await running.stop();
  await rm(dataDir, { recursive: true });
});

/** One story, told in order: each part begins where the one before ended. */
describe('The first five minutes', () => {
  let early: string;
  let late: string;
  let lead: string;
  let worker: string;
  let atLoss: string;

  it('knows no good lead before both teams have signed what one is', async () => {
    const { version, contentHash } = await as('maria').done<{ version: number; contentHash: string }>(
      '/policies/default/propose',
      { content: POLICY },
    );
    await as('mona').done('/policies/default/sign', { version, contentHash });

    const created = await as('maria').done<LeadAnswer>('/leads', goodLead());
    early = created.lead;
    expect(created.state).toBe('captured');
    expect(created.events.map(({ type }) => type)).toEqual(['LeadCreated']);

    const signed = await as('sam').done('/policies/default/sign', { version, contentHash });
    expect(signed.inForceFrom).toEqual(expect.any(String));
  });

  it('scores what waited for the policy, and hands it off', async () => {
    const view = await reached({ as }, early, 'offered');
    expect(view.score).toMatchObject({ total: 60, passed: true });
  });

  it('scores and qualifies a lead in the commit that creates it, and hands it off by itself', async () => {
    const created = await as('maria').done<LeadAnswer>('/leads', goodLead({ details: DETAILS }));
    lead = created.lead;
    expect(created.state).toBe('qualified');
    expect(created.events.map(({ type }) => type)).toEqual(['LeadCreated', 'LeadScored', 'LeadQualified']);

    const offered = await reached({ as }, lead, 'offered');
    worker = offered.offeree!.person!;
    expect(['sam', 'sara', 'sven']).toContain(worker);

    const { events } = await as('maria').read<TimelineView>(`/leads/${lead}/timeline`);
    const handedOff = events.find(({ type }) => type === 'LeadHandedOff')!;
    expect(handedOff.actor).toMatchObject({ kind: 'rule', role: 'rule' });
    expect(handedOff.data.packet).toMatchObject({
      whyNow: 'policy-passed',
      source: 'organic_search',
      topic: 'robots',
      touches: 0,
      qualification: { kind: 'policy', policy: { segment: 'default', version: 1 } },
    });
  });

  it('is accepted, worked, lost with a reason and recycled', async () => {
    const client = as(worker);
    await client.done(`/leads/${lead}/accept`);
    await client.done(`/leads/${lead}/contact`, touch('spoke to Ada about floor space'));
    const analysing = await client.done<LeadAnswer>(`/leads/${lead}/advance`, { stage: 'analysing' });
    expect(analysing.state).toBe('working.analysing');
    const lost = await client.done<LeadAnswer>(`/leads/${lead}/lose`, { reason: 'price.too-high', rating: 3 });
    expect(lost.state).toBe('lost');
    const { events } = await as('maria').read<TimelineView>(`/leads/${lead}/timeline`);
    atLoss = events.at(-1)!.recordedAt;
    expect(events.at(-1)!.data).toMatchObject({ reason: { code: 'price.too-high', faultDomain: 'price' } });

    const recycled = await client.done<LeadAnswer>(`/leads/${lead}/recycle`, {
      reason: 'not-now',
      resumeAt: new Date(Date.now() + 90 * 86_400_000).toISOString(),
    });
    expect(recycled).toMatchObject({ state: 'nurturing', cycle: 2 });
  });

  it('qualifies again in the next cycle on new interest, long before the resume date', async () => {
    const again = await as('maria').done<LeadAnswer>(`/leads/${lead}/record-interest`, {
      source: 'webinar',
      topic: 'robots',
      behaviours: ['demo-requested'],
    });
    expect(again.events.map(({ type }) => type)).toEqual(['InterestRecorded', 'LeadScored', 'LeadQualified']);
    expect(again).toMatchObject({ state: 'qualified', cycle: 2 });
    const offered = await reached({ as }, lead, 'offered');
    expect(offered.score).toMatchObject({ total: 90 });
  });

  it('shows on the card who had the lead, since when, by whom and why', async () => {
    const { revision } = await as('maria').read<LeadView>(`/leads/${lead}`);
    const card = await as('maria').read<Card>(`/leads/${lead}/card?after=${lead}@${revision}`);
    expect(card).toMatchObject({ state: 'offered', cycle: 2, revision, touches: 1, interests: 1, profile: PROFILE });
    expect(card).not.toHaveProperty('sealed');

    const intervals = (role: string) => card.intervals.filter((interval) => interval.role === role);
    expect(intervals('steward')).toMatchObject([{ team: 'north-marketing', person: 'maria', cycle: 1 }]);
    expect(intervals('steward')[0]).not.toHaveProperty('ended');
    expect(intervals('offeree')).toMatchObject([
      { person: worker, cycle: 1, by: { kind: 'rule' }, ended: { by: { id: worker } } },
      { team: 'north-sales', cycle: 2, by: { kind: 'rule' } },
    ]);
    expect(intervals('worker')).toMatchObject([
      { person: worker, cycle: 1, by: { id: worker }, ended: { by: { id: worker }, reason: 'not-now' } },
    ]);
    const [offer, work] = [intervals('offeree')[0]!, intervals('worker')[0]!];
    expect(offer.ended!.until).toBe(work.since);
  });

  it('tells the whole timeline to both teams, page by page', async () => {
    const types: string[] = [];
    let cursor = '';
    do {
      const page = await as(worker).read<TimelineView>(`/leads/${lead}/timeline?limit=4${cursor}`);
      types.push(...page.events.map(({ type }) => type));
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(types).toEqual([
      'LeadCreated',
      'LeadScored',
      'LeadQualified',
      'LeadHandedOff',
      'HandoffAccepted',
      'LeadContacted',
      'LeadAdvanced',
      'LeadQualityRated',
      'LeadLost',
      'LeadRecycled',
      'InterestRecorded',
      'LeadScored',
      'LeadQualified',
      'LeadHandedOff',
    ]);
  });

  it('opens what was said about the person to those who work with them, and to no analyst', async () => {
    const notes = async (person: string) => {
      const { events } = await as(person).read<TimelineView>(`/leads/${lead}/timeline`);
      return events.find(({ type }) => type === 'LeadContacted')!.personal;
    };
    expect(await notes('maria')).toEqual({ note: 'spoke to Ada about floor space' });
    expect(await notes('ana')).toBeUndefined();
    expect(await as('maria').read(`/leads/${lead}/contact`)).toEqual({ details: DETAILS });
    expect((await as('ana').get(`/leads/${lead}/contact`)).status).toBe(403);
  });

  it('shows the lead as of any revision and as of any time', async () => {
    const asOf = (query: string) => as('maria').read<LeadView>(`/leads/${lead}?${query}`);
    expect(await asOf('revision=0')).toMatchObject({ revision: 0, state: 'captured' });
    expect(await asOf('revision=3')).toMatchObject({ revision: 3, state: 'offered', cycle: 1 });
    expect(await asOf(`at=${atLoss}&as=known`)).toMatchObject({ state: 'lost', cycle: 1 });
    expect((await as('maria').get(`/leads/${lead}?at=2001-01-01T00:00:00Z`)).status).toBe(404);
  });

  it('tells what happened by a time from what was known by then', async () => {
    const happened = new Date(Date.now() - 60_000).toISOString();
    const before = new Date(Date.parse(happened) - 60_000).toISOString();
    const created = await as('maria').done<LeadAnswer>('/leads', {
      ...goodLead({ profile: {} }),
      occurredAt: before,
    });
    late = created.lead;
    await as('maria').done(`/leads/${late}/record-interest`, {
      source: 'webinar',
      topic: 'robots',
      occurredAt: happened,
    });
    const seen = await as('maria').read<LeadView>(`/leads/${late}?at=${happened}&as=happened`);
    expect(seen).toMatchObject({ state: 'captured', createdAt: before });
    expect((await as('maria').get(`/leads/${late}?at=${happened}&as=known`)).status).toBe(404);
  });

  it('counts in the funnel, for both teams the same', async () => {
    // The last to be written: views take events in the order of their commits.
    const { revision } = await as('ana').read<LeadView>(`/leads/${late}`);
    const read = (person: string) =>
      as(person).read<{ rows: FunnelRow[] }>(`/funnel?by=source&after=${late}@${revision}`);
    const { rows } = await read('maria');
    expect(rows).toEqual((await read(worker)).rows);
    const counts = rows.find(({ of }) => of.source === 'organic_search')!.counts;
    expect(counts).toMatchObject({
      'leads-created': 3,
      'leads-handed-off': 2,
      'hand-offs': 3,
      acceptances: 1,
      losses: 1,
      recycles: 1,
      'leads-won': 0,
    });
  });
});

const touch = (note: string) => ({ channel: 'phone', direction: 'outbound', twoWay: true, human: true, note });
