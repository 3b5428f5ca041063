import { randomUUID } from 'node:crypto';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import type { LeadView, TimelineView } from '../libs/lead-commands/http/lead-view.js';
import type { Problem } from '../libs/http-kit/problem.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife, reached, showLead } from './lead-life.spec-kit.js';
import { formTeams, newLead } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

let baton: TestBaton;
let life: LeadLife;
let people = 0;
beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  life = new LeadLife(baton);
});
afterAll(() => baton.stop());

const SOUTH = { steward: { team: 'south-marketing', person: 'otto' } };
const address = () => `someone${(people += 1)}@a.example`;
const create = (details: object, more: object = {}) => newLead({ details, ...more });
interface Queue {
  readonly candidates: readonly {
    readonly contact: string;
    readonly pairs: readonly { older: { lead: string }; newer: { lead: string } }[];
    readonly others?: number;
  }[];
}

/** The pairs that somebody sees once their view has a lead as it is now. */
async function pairsSeenBy(person: string, { lead, revision }: LeadAnswer): Promise<string[][]> {
  await baton.as('ana').read(`/leads?after=${lead}@${revision}`);
  const { candidates } = await baton.as(person).read<Queue>('/merge-queue?limit=500');
  return candidates.flatMap(({ pairs }) => pairs.map(({ older, newer }) => [older.lead, newer.lead]));
}

describe('A person who comes again', () => {
  it.each<[string, object, object]>([
    ['the same address in other letters', { email: 'Grace.Hopper@A.example' }, { email: ' grace.hopper@a.EXAMPLE' }],
    ['the same number written otherwise', { phone: '+49 30 1234567' }, { phone: '+49 (30) 123-45-67' }],
    [
      'one of two addresses',
      { email: 'x1@a.example', phone: '+49309999' },
      { email: 'x2@a.example', phone: '+49309999' },
    ],
  ])('is known again by %s', async (_, first, again) => {
    const { lead } = await life.create(create(first));
    const head = await baton.store.head();
    const problem = await baton.as('max').refused(409, '/leads', create(again));
    expect(problem).toMatchObject({ type: 'urn:baton:problem:duplicate', leadId: lead });
    expect(await baton.store.head()).toBe(head);
  });

  it('is known to a service always, which records the interest there', async () => {
    const email = address();
    const { lead } = await life.create(create({ email }));
    const problem = await baton.as('form').refused(409, '/leads', create({ email }, SOUTH));
    expect(problem.leadId).toBe(lead);
    await baton.as('form').done(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots' });
  });

  it('may have a new lead once the old one is closed', async () => {
    const email = address();
    const { lead } = await life.create(create({ email }));
    await baton.as('mona').done(`/leads/${lead}/disqualify`, { reason: 'spam' }, { ifMatch: '*' });
    const again = await life.create(create({ email }));
    expect(again.lead).not.toBe(lead);
    expect((await showLead(baton, again.lead)).contact).toBe((await showLead(baton, lead)).contact);
  });

  it("is not given away to another team: creating answers as always, and privacy's queue has the pair", async () => {
    const email = address();
    const { lead } = await life.create(create({ email, name: 'Grace' }));
    const stranger = await baton.as('otto').post<LeadAnswer>('/leads', create({ email: address() }, SOUTH));
    const second = await baton.as('otto').post<LeadAnswer>('/leads', create({ email }, SOUTH));
    expect(second.status).toBe(201);
    expect(Object.keys(second.body)).toEqual(Object.keys(stranger.body));
    expect({ ...second.body, lead: '', events: [] }).toEqual({ ...stranger.body, lead: '', events: [] });
    expect([...second.headers.keys()]).toEqual([...stranger.headers.keys()]);

    expect(await pairsSeenBy('pia', second.body)).toContainEqual([lead, second.body.lead]);
    expect(await baton.as('otto').read(`/leads/${second.body.lead}/contact`)).toEqual({ details: { email } });
    const seen = (await baton.as('otto').get(`/leads/${second.body.lead}/timeline`)).text;
    expect(seen).not.toContain(lead);
    expect(seen).not.toContain('Grace');
    const all = (await baton.as('otto').get('/leads')).text + (await baton.as('otto').get('/merge-queue')).text;
    expect(all).not.toContain(lead);
    // Not even that there is another one: the pair is in nobody's queue but of those who may read both.
    const { contact } = await baton.as('otto').read<LeadView>(`/leads/${second.body.lead}`);
    expect((await baton.as('otto').get('/merge-queue')).text).not.toContain(contact);
  });

  it('whose two leads are created at once has both, of one contact, for the queue', async () => {
    const email = address();
    const [one, two] = await Promise.all([
      baton.as('maria').post<LeadAnswer & Problem>('/leads', create({ email })),
      baton.as('max').post<LeadAnswer & Problem>('/leads', create({ email })),
    ]);
    const created = [one, two].filter(({ status }) => status === 201).map(({ body }) => body);
    if (created.length === 1) {
      // One was so much faster that the other could know of it.
      expect([one, two].find(({ status }) => status !== 201)!.body.leadId).toBe(created[0]!.lead);
      return;
    }
    const views = await Promise.all(created.map(({ lead }) => showLead(baton, lead)));
    expect(views[0]!.contact).toBe(views[1]!.contact);
    await pairsSeenBy('mona', created[0]!);
    const pairs = await pairsSeenBy('mona', created[1]!);
    expect(pairs.map((pair) => pair.toSorted())).toContainEqual(created.map(({ lead }) => lead).toSorted());
  });
});

describe('Merging', () => {
  const touch = { channel: 'email', direction: 'inbound', twoWay: false, human: true };
  const merge = (lead: LeadView, into: LeadView) =>
    baton.as('mona').done<LeadAnswer>(`/leads/${lead.lead}/merge`, { into: into.lead }, { ifMatch: lead.revision });

  /** Two leads of two contacts. */
  async function twoPeople(): Promise<[LeadView, LeadView]> {
    const both = [await life.create(create({ email: address() })), await life.create(create({ email: address() }))];
    const [one, two] = await Promise.all(both.map(({ lead }) => showLead(baton, lead)));
    return [one!, two!];
  }

  /** Two leads that were found to be of one person. */
  async function onePerson(): Promise<[LeadView, LeadView]> {
    const [one, two] = await twoPeople();
    const body = { into: two.contact, reason: 'same-person' };
    await baton.as('mona').done(`/contacts/${one.contact}/merge`, body, { ifMatch: '*' });
    return [one, two];
  }

  it('asks for the contacts to be merged first', async () => {
    const [one, two] = await twoPeople();
    const problem = await baton
      .as('mona')
      .refused(409, `/leads/${one.lead}/merge`, { into: two.lead }, { ifMatch: one.revision });
    expect(problem.detail).toMatch(/contacts/);
  });

  it('makes one lead an alias of the other, which learns of it and gets its touches', async () => {
    const [one, two] = await onePerson();
    await merge(one, two);
    const survivor = await until(
      () => showLead(baton, two.lead),
      ({ absorbed }) => absorbed.length > 0,
      'the survivor knows',
    );
    expect(survivor.absorbed).toEqual([one.lead]);

    const told = await baton.as('maria').done<LeadAnswer>(`/leads/${one.lead}/contact`, touch);
    expect(told.lead).toBe(two.lead);
    expect((await showLead(baton, one.lead)).state).toBe('merged');
    const { events } = await baton.as('maria').read<TimelineView>(`/leads/${two.lead}/timeline`);
    expect(events.map(({ type }) => type)).toEqual(['LeadCreated', 'DuplicateAbsorbed', 'LeadContacted']);
    await baton.as('mona').refused(409, `/leads/${one.lead}/record-interest`, { source: 'email', topic: 'x' });
  });

  it('counts a withdrawn consent for all leads of the person', async () => {
    const [one, two] = await onePerson();
    await baton.as('maria').done(`/contacts/${two.contact}/consent`, { consent: 'withdrawn' });
    const problem = await baton.as('maria').refused(409, `/leads/${one.lead}/qualify`, { reason: 'met-in-person' });
    expect(problem.detail).toMatch(/consent/);
  });

  it('counts a consent that was withdrawn before it, or under the contact that was merged', async () => {
    for (const before of [true, false]) {
      const [one, two] = await twoPeople();
      const withdraw = () => baton.as('maria').done(`/contacts/${one.contact}/consent`, { consent: 'withdrawn' });
      if (before) await withdraw();
      await baton.as('mona').done(`/contacts/${one.contact}/merge`, { into: two.contact, reason: 'same-person' });
      if (!before) await withdraw();
      const subject = () => baton.as('pia').read<{ consents: object }>(`/data-subjects/${two.contact}`);
      await until(subject, ({ consents }) => 'contact' in consents, 'the consent to be carried');
      const problem = await baton.as('maria').refused(409, `/leads/${two.lead}/qualify`, { reason: 'met-in-person' });
      expect(problem.detail).toMatch(/consent/);
    }
  });

  it('tells no team what others do on a contact that they share', async () => {
    const email = address();
    const { lead } = await life.create(create({ email }));
    const shared = await life.create(create({ email }, SOUTH), 'otto');
    const { contact } = await showLead(baton, lead);
    expect((await showLead(baton, shared.lead)).contact).toBe(contact);
    const consent = (of: string) => ({ consent: 'given', purpose: of });
    const path = `/contacts/${contact}/consent`;
    const first = await baton.as('maria').post(path, consent('one'));
    await baton.as('otto').done(path, consent('two'));
    const second = await baton.as('maria').post(path, consent('three'));
    const shape = ({ body, headers }: typeof first) => [
      Object.keys(body).sort(),
      (body.events as object[]).map((event) => Object.keys(event)),
      headers.has('etag'),
    ];
    expect(shape(second)).toEqual(shape(first));
    expect(shape(first)).toEqual([['contact', 'events', 'repeated'], [['id', 'type']], false]);
    for (const tag of [0, 1, 2, 3, 4, 5]) {
      const stale = await baton.as('maria').post(path, consent('four'), { ifMatch: tag });
      expect([stale.status, stale.headers.has('etag')]).toEqual([412, false]);
    }
    await baton.as('maria').done(`/leads/${lead}/qualify`, { reason: 'met-in-person' });
    const facts = async (person: string) => {
      const { events } = await baton.as(person).read<TimelineView>(`/leads/${lead}/timeline`);
      return JSON.stringify(events.map(({ data }) => data.facts ?? []));
    };
    expect(await facts('maria')).not.toContain('contact-');
    expect(await facts('audrey')).toContain('contact-');
  });

  it("is of two contacts, both of them the caller's", async () => {
    const [one, two] = await twoPeople();
    const other = await life.create(create({ email: address() }, SOUTH), 'otto');
    const foreign = (await showLead(baton, other.lead)).contact;
    for (const into of [one.contact, foreign, randomUUID()]) {
      const body = { into, reason: 'same-person' };
      const problem = await baton.as('mona').refused(422, `/contacts/${one.contact}/merge`, body);
      expect(problem.errors).toEqual([{ field: '/into', rule: 'must be another contact' }]);
    }
    const merge = (from: string, into: string) =>
      baton.as('mona').post(`/contacts/${from}/merge`, { into, reason: 'same-person' });
    const both = await Promise.all([merge(one.contact!, two.contact!), merge(two.contact!, one.contact!)]);
    // Whether one came first or both were merged into each other at once: they are one person.
    expect(both.map(({ status }) => status).toSorted()[0]).toBe(200);
    await baton.as('mona').done(`/leads/${one.lead}/merge`, { into: two.lead }, { ifMatch: one.revision });
  });

  it('is undone with a reason', async () => {
    const [one, two] = await onePerson();
    const { revision } = await merge(one, two);
    const undone = await baton
      .as('mona')
      .done<LeadAnswer>(`/leads/${one.lead}/unmerge`, { reason: 'not-the-same' }, { ifMatch: revision });
    expect(undone.state).toBe('nurturing');
    const told = await baton.as('maria').done<LeadAnswer>(`/leads/${one.lead}/contact`, touch);
    expect(told.lead).toBe(one.lead);
  });

  it('of two leads into each other leaves one of them', async () => {
    const [one, two] = await onePerson();
    const both = await Promise.all([
      baton.as('mona').post(`/leads/${one.lead}/merge`, { into: two.lead }, { ifMatch: one.revision }),
      baton.as('pia').post(`/leads/${two.lead}/merge`, { into: one.lead }, { ifMatch: two.revision }),
    ]);
    const merged = both.filter(({ status }) => status === 200).length;
    expect(merged).toBeGreaterThan(0);
    const states = await until(
      () => Promise.all([showLead(baton, one.lead), showLead(baton, two.lead)]),
      (views) => views.filter(({ state }) => state === 'merged').length === 1,
      'one survivor',
    );
    const survivor = states.find(({ state }) => state !== 'merged')!;
    const alias = states.find(({ state }) => state === 'merged')!;
    expect(alias.mergedInto).toBe(survivor.lead);
    const told = await baton.as('maria').done<LeadAnswer>(`/leads/${alias.lead}/contact`, touch);
    expect(told.lead).toBe(survivor.lead);
    await reached(baton, survivor.lead, merged === 2 ? 'nurturing' : 'captured');
  });

  it('finds the survivor by the addresses of both', async () => {
    const email = address();
    const { lead } = await life.create(create({ email }));
    const one = await showLead(baton, lead);
    const two = await showLead(baton, (await life.create(create({ email: address() }))).lead);
    await baton
      .as('pia')
      .done(`/contacts/${one.contact}/merge`, { into: two.contact, reason: 'same-person' }, { ifMatch: '*' });
    await merge(one, two);
    const problem = await baton.as('maria').refused(409, '/leads', create({ email }));
    expect(problem.leadId).toBe(two.lead);
  });
});
