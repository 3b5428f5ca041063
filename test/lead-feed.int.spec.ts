import { randomUUID } from 'node:crypto';
import { publishedValidator } from '../libs/contracts/published-validator.spec-kit.js';
import type { JsonObject } from '../libs/decider/json.js';
import type { EventStore, NewEvent } from '../libs/event-store/event-store.js';
import type { LeadAnswer } from '../libs/lead-commands/http/command-answer.dto.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { FeedListener, placeOf, type Heard } from './feed-listener.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, newLead, signPolicy } from './people.spec-kit.js';

let baton: TestBaton;
let life: LeadLife;
const opened: FeedListener[] = [];
/** What the store was asked for, in events. */
let read = 0;
const counting = (store: EventStore): EventStore =>
  new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'readAll') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return async (options: object) => {
        const page = await target.readAll(options);
        read += page.length;
        return page;
      };
    },
  });

const times = { heartbeatMs: 50, trustMs: 50, stallMs: 60_000 };
beforeAll(async () => {
  baton = await startBaton({ feedTimes: times, store: counting });
  await formTeams(baton.as);
  await signPolicy(baton.as);
  life = new LeadLife(baton);
});
afterAll(() => baton.stop());
afterEach(() => opened.splice(0).forEach((listener) => listener.leave()));

async function listen(person: string, asking: Parameters<typeof FeedListener.open>[1] = {}): Promise<FeedListener> {
  const listener = await FeedListener.open(baton.as(person), asking);
  opened.push(listener);
  // the first sign of life tells that it is listening: what is done now comes
  await listener.alive();
  return listener;
}

const isOf = (lead: string, revision?: number) => (heard: Heard) =>
  heard.word === 'message' &&
  (revision === undefined ? placeOf(heard).startsWith(lead) : placeOf(heard) === `${lead}@${revision}`);
const create = async (more: object = {}) => (await baton.as('maria').done<LeadAnswer>('/leads', newLead(more))).lead;
const places = (heard: readonly Heard[]) => heard.filter(({ word }) => word === 'message').map(placeOf);
/** Everything that happened to a lead, as the feed is to tell it. */
const allOf = async (lead: string) =>
  (await baton.store.readStream(`lead-${lead}`)).map(({ revision }) => `${lead}@${revision}`);

describe('The live feed', () => {
  it('tells a service all that happens, as it happens, as CloudEvents by the published schemas', async () => {
    const feed = await listen('form');
    expect(feed.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const { lead } = await life.workedBy('sven');
    const { revision } = await baton.as('sven').done<LeadAnswer>(`/leads/${lead}/lose`, { reason: 'price.too-high' });
    const heard = await feed.until(isOf(lead, revision));
    expect(places(heard)).toEqual(await allOf(lead));
    const wrongWith = publishedValidator();
    for (const { data } of heard) {
      expect(data).toMatchObject({ specversion: '1.0', source: 'urn:baton:event-store', subject: `lead-${lead}` });
      expect(
        wrongWith({ type: data.type as string, ...(data.data as { data: JsonObject; metadata: JsonObject }) }),
      ).toEqual([]);
    }
  });

  it('never says who the person is, open or sealed', async () => {
    const feed = await listen('form');
    const details = { name: 'Canary Person', email: 'canary@example.org', note: 'canary note' };
    const lead = await create({ details });
    const [heard] = await feed.until(isOf(lead));
    expect(JSON.stringify(heard)).not.toMatch(/canary|"pii"|bodyMac/i);
  });

  it('goes on after the last id, each event once and in order, however often it is cut off', async () => {
    const first = await listen('form');
    const { lastId } = first;
    const leads = [await create(), await create(), await create()];
    for (const lead of leads) {
      await baton.as('maria').done(`/leads/${lead}/record-interest`, { source: 'email', topic: 'robots' });
    }
    const last = leads.at(-1) ?? '';
    const told = (await Promise.all(leads.map(allOf))).flat();
    const heard: Heard[] = [];
    for (let after = lastId; !heard.some(isOf(last, Number(told.at(-1)?.split('@')[1])));) {
      const feed = await listen('form', { after });
      const [one] = await feed.take(1);
      if (one) heard.push(one);
      after = one?.id;
      feed.leave();
    }
    expect(places(heard).toSorted()).toEqual(told.toSorted());
    expect(places(heard)).toEqual([...new Set(places(heard))]);
    const stored = (await baton.events()).map(({ stream, revision }) => `${stream.slice(5)}@${revision}`);
    expect(places(heard)).toEqual(stored.filter((place) => told.includes(place)));
  });

  it('tells the whole history from its start, and the same again', async () => {
    const lead = await create();
    const whole = async () => places(await (await listen('ana', { query: '?from=start' })).until(isOf(lead)));
    const stored = (await baton.events()).filter(({ stream }) => stream.startsWith('lead-'));
    const expected = stored.map(({ stream, revision }) => `${stream.slice(5)}@${revision}`);
    const upTo = expected.findIndex((place) => place.startsWith(lead)) + 1;
    expect(await whole()).toEqual(expected.slice(0, upTo));
    expect(await whole()).toEqual(expected.slice(0, upTo));
  });

  it('tells only what is asked for, by type, lead and team', async () => {
    const watched = await create();
    const [types, one, team] = [
      await listen('form', { query: '?type=LeadHandedOff,HandoffAccepted' }),
      await listen('form', { query: `?lead=${watched}` }),
      await listen('form', { query: '?team=south-sales' }),
    ];
    const { lead } = await life.workedBy('eve', {}, 'south-sales');
    const byType = await types.until((heard) => heard.data.type === 'HandoffAccepted.v1');
    expect(new Set(byType.map(({ data }) => data.type))).toEqual(new Set(['LeadHandedOff.v1', 'HandoffAccepted.v1']));
    const all = await allOf(lead);
    const ofTeam = await team.until(isOf(lead, all.length - 1));
    expect(new Set(places(ofTeam))).toEqual(new Set(all));
    await baton.as('maria').done(`/leads/${watched}/record-interest`, { source: 'email', topic: 'robots' });
    const [first] = await one.take(1);
    expect(first?.data).toMatchObject({ subject: `lead-${watched}`, type: 'InterestRecorded.v1' });
  });

  it.each([
    ['?type=LeadForgotten', 'type'],
    ['?lead=nobody', 'lead'],
    [`?lead=${Array.from({ length: 51 }, () => randomUUID()).join()}`, 'lead'],
    ['?team=a%40b', 'team'],
    ['?from=yesterday', 'from'],
    ['?since=1', 'since'],
  ])('refuses %.40s, naming it', async (query, field) => {
    const { status, body } = await baton.as('form').get(`/lead-events${query}`);
    expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ in: 'query', field }] });
  });

  it.each(['nonsense', '1~x', '999999999', '-1', '1 OR 1=1', 'start~99999999999'])(
    'refuses the id %p, which it never gave',
    async (id) => {
      const { status, body } = await baton.as('form').get('/lead-events', { headers: { 'last-event-id': id } });
      expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ field: 'Last-Event-ID' }] });
    },
  );

  it('gives signs of life, and the place reached, where nothing is told', async () => {
    const feed = await listen('form', { query: '?type=LeadUnmerged' });
    await create();
    // A sign of life between the events of the creating tells a place before its last.
    const head = (await baton.store.head()) ?? '';
    while (baton.store.comparePositions(feed.lastId ?? '0', head) < 0) await feed.alive();
    const again = await listen('form', { after: feed.lastId });
    const lead = await create();
    expect(places(await again.until(isOf(lead)))).toEqual([`${lead}@0`]);
  });

  it('allows each caller ten at once', async () => {
    for (let n = 0; n < 10; n += 1) await listen('audrey');
    const eleventh = await baton.as('audrey').get('/lead-events');
    expect(eleventh.status).toBe(429);
    expect(Number(eleventh.headers.get('retry-after'))).toBeGreaterThan(0);
    await listen('ana');
  });
});

describe('The sight of a listener', () => {
  it('begins with the offer, and brings what happened to the lead before', async () => {
    const [north, south] = [await listen('sven'), await listen('eve')];
    const { lead } = await life.offeredTo({ team: 'north-sales', person: 'sven' });
    const { revision } = await baton.as('sven').done<LeadAnswer>(`/leads/${lead}/accept`);
    const heard = await north.until(isOf(lead, revision));
    expect(places(heard).filter((place) => place.startsWith(lead))).toEqual(await allOf(lead));
    const mark = await life.workedBy('eve', {}, 'south-sales');
    const others = await south.until(isOf(mark.lead, mark.revision));
    expect(places(others).filter((place) => place.startsWith(lead))).toEqual([]);
    expect(places(others).filter((place) => place.startsWith(mark.lead))).toEqual(await allOf(mark.lead));
  });

  it('goes on in the middle of such a history', async () => {
    const feed = await listen('sven');
    const { lead, revision } = await life.workedBy('sven');
    const heard: Heard[] = [];
    for (let after = feed.lastId; !heard.some(isOf(lead, revision));) {
      const next = await listen('sven', { after });
      const [one] = await next.take(1);
      if (one) heard.push(one);
      after = one?.id;
      next.leave();
    }
    expect(places(heard).filter((place) => place.startsWith(lead))).toEqual(await allOf(lead));
  });

  it('ends with the offer: the lead is named once more, and told no more, from whatever place', async () => {
    const feed = await listen('sven');
    const start = feed.lastId;
    const { lead } = await life.offeredTo({ team: 'north-sales', person: 'sven' });
    await baton.as('sven').done(`/leads/${lead}/reject`, { reason: 'not-now' });
    await baton.as('maria').done(`/leads/${lead}/recommend-message`, { message: 'case-study' });
    const isFarewell = ({ word, data }: Heard) => word === 'out-of-sight' && data.lead === lead;
    // the first offer, by the rule, was withdrawn; the second was rejected
    const heard = [...(await feed.until(isFarewell)), ...(await feed.until(isFarewell))];
    expect(heard.at(-1)?.data).toEqual({ lead });
    expect(places(heard).filter((place) => place.startsWith(lead))).toEqual((await allOf(lead)).slice(0, -2));
    const mark = await life.workedBy('sven');
    const live = await feed.until(isOf(mark.lead, mark.revision));
    expect(places(live).filter((place) => place.startsWith(lead))).toEqual([]);
    const later = await (await listen('sven', { after: start })).until(isOf(mark.lead, mark.revision));
    expect(places(later).filter((place) => place.startsWith(lead))).toEqual([]);
    expect(places(later).filter((place) => place.startsWith(mark.lead))).toEqual(await allOf(mark.lead));
  });

  it('is that of the teams as they are now: who joins or leaves one is sent away, and comes back to less or more', async () => {
    const sara = await listen('sara');
    await baton.as('root').done('/teams/north-sales/leave', { person: 'sara' });
    expect(await sara.until(({ word }) => word === 'end')).toMatchObject([
      { data: { reason: 'the teams of the caller have changed' } },
    ]);
    expect(await sara.next()).toBeUndefined();
    const outside = await listen('sara', { after: sara.lastId });
    const { lead } = await life.workedBy('sven');
    await baton.as('root').done('/teams/north-sales/join', { person: 'sara' });
    const heard = await outside.until(({ word }) => word === 'end');
    expect(places(heard)).toEqual([]);
    expect(lead).toBeDefined();
  });

  it('is nobody’s without a role that reads leads', async () => {
    for (const person of ['root', 'nora']) expect((await baton.as(person).get('/lead-events')).status).toBe(403);
    expect((await baton.nobody.get('/lead-events')).status).toBe(401);
  });
});

describe('A listener that is slow', () => {
  /** As large as events come: a few of them fill what the network takes on its own. */
  const fat = (n: number): NewEvent => ({
    id: randomUUID(),
    type: 'LeadContacted.v1',
    data: { nonce: 'n'.repeat(22), n, padding: 'x'.repeat(200_000) },
    metadata: { recordedAt: '2026-01-01T00:00:00.000Z', occurredAt: '2026-01-01T00:00:00.000Z', actor: {} },
  });

  it('makes the server read no further than it takes, and misses nothing', async () => {
    const feed = await listen('form');
    const stream = `lead-${randomUUID()}`;
    const many = 300;
    for (let n = 0; n < many; n += 4) {
      await baton.store.append(
        stream,
        n === 0 ? 'no-stream' : n - 1,
        Array.from({ length: 4 }, (_, i) => fat(n + i)),
      );
    }
    const readBefore = read;
    const heard = await feed.take(5);
    expect(read - readBefore).toBeLessThan(many);
    const rest = await feed.take(many - 5);
    expect([...heard, ...rest].map(({ data }) => data.revision)).toEqual(Array.from({ length: many }, (_, n) => n));
  });
});

describe('A feed ends', () => {
  it('when the token does', async () => {
    let now = Date.parse('2026-06-01T12:00:00Z');
    const own = await startBaton({ feedTimes: times, clock: () => now });
    try {
      await formTeams(own.as, ['north-marketing']);
      const feed = await FeedListener.open(own.as('ana'));
      await feed.alive();
      now += 3_601_000;
      expect(await feed.until(({ word }) => word === 'end')).toMatchObject([
        { data: { reason: 'the token has expired' } },
      ]);
      expect(await feed.next()).toBeUndefined();
    } finally {
      await own.stop();
    }
  });

  it('when the process stops, which does not wait for it', async () => {
    const own = await startBaton();
    const feed = await FeedListener.open(own.as('ana'));
    await feed.alive();
    const started = performance.now();
    const stopped = own.stop();
    expect(await feed.next()).toBeUndefined();
    await stopped;
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('when its listener goes, and is forgotten', async () => {
    const feed = await listen('pia');
    feed.leave();
    for (let n = 0; n < 30; n += 1) {
      const next = await listen('pia');
      next.leave();
    }
  });
});
