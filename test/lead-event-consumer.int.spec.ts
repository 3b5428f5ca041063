import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LeadEventConsumer, type Gap } from '../libs/lead-event-consumer/lead-event-consumer.js';
import type { EventPlace, LeadEvent } from '../libs/lead-event-consumer/lead-event.js';
import { FeedRefused, liveLeadEvents, type FeedItem } from '../libs/lead-event-consumer/live-feed.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, signPolicy } from './people.spec-kit.js';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  await signPolicy(baton.as);
});
afterAll(() => baton.stop());

const bearerOf = (person: string) => async () => (await baton.as(person).bearer()) ?? '';

it('A service sees every lead from its creation on, without a gap, although its connection is cut again and again', async () => {
  const life = new LeadLife(baton);
  const first = await life.workedBy('sven');
  await baton
    .as('sven')
    .done(`/leads/${first.lead}/sales-qualify`, {})
    .catch(() => undefined);
  const handled: LeadEvent[] = [];
  const gaps: Gap[] = [];
  const consumer = new LeadEventConsumer({
    handle: (event) => void handled.push(event),
    onGap: (gap) => void gaps.push(gap),
  });
  const second = await life.workedBy('sven');
  let after: string | undefined;
  const hasAll = () => handled.some(({ lead, revision }) => lead === second.lead && revision === second.revision);
  while (!hasAll()) {
    const leaving = new AbortController();
    let taken = 0;
    const feed = liveLeadEvents({
      url: baton.url,
      token: bearerOf('form'),
      from: 'start',
      after,
      signal: leaving.signal,
    });
    for await (const item of feed) {
      if (item.kind !== 'event') continue;
      await consumer.take(item.event);
      // every other connection forgets how far it was: what comes again is dropped
      taken += 1;
      if (taken % 2 === 0) after = item.place;
      if (taken === 3 || hasAll()) break;
    }
    leaving.abort();
  }
  expect(gaps).toEqual([]);
  for (const { lead } of [first, second]) {
    const stored = await baton.store.readStream(`lead-${lead}`);
    const own = handled.filter((event) => event.lead === lead);
    expect(own.map(({ revision }) => revision)).toEqual(stored.map(({ revision }) => revision));
    expect(own.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
  }
});

it('It goes on by itself where the server sends it away, and tells who left its sight', async () => {
  const leaving = new AbortController();
  const items: FeedItem[] = [];
  const interruptions: string[] = [];
  const life = new LeadLife(baton);
  const wanted: { place?: EventPlace } = {};
  const listening = (async () => {
    const feed = liveLeadEvents({
      url: baton.url,
      token: bearerOf('sara'),
      from: 'start',
      signal: leaving.signal,
      pauseMs: 1,
      onInterruption: (why) => interruptions.push(why),
    });
    for await (const item of feed) {
      items.push(item);
      const { place } = wanted;
      if (item.kind === 'event' && item.event.lead === place?.lead && item.event.revision === place.revision) return;
    }
  })();
  const { lead } = await life.offeredTo({ team: 'north-sales', person: 'sara' });
  await baton.as('sara').done(`/leads/${lead}/reject`, { reason: 'not-now' });
  await baton.as('root').done('/teams/south-sales/join', { person: 'sara' });
  wanted.place = await life.offeredTo({ team: 'north-sales', person: 'sara' });
  const { revision } = await baton.as('sara').done<{ revision: number }>(`/leads/${wanted.place.lead}/accept`);
  wanted.place = { lead: wanted.place.lead, revision };
  await listening;
  leaving.abort();
  expect(items).toContainEqual(expect.objectContaining({ kind: 'out-of-sight', lead }));
  const stored = await baton.store.readStream(`lead-${wanted.place.lead}`);
  const told = items.flatMap((item) =>
    item.kind === 'event' && item.event.lead === wanted.place?.lead ? [item.event.revision] : [],
  );
  expect(told.toSorted((a, b) => a - b)).toEqual(stored.map((event) => event.revision));
});

it('It stops where it is refused, and tries again where the server is away', async () => {
  const { signal } = new AbortController();
  const refused = liveLeadEvents({ url: baton.url, token: bearerOf('nora'), signal });
  await expect(refused.next()).rejects.toThrow(new FeedRefused(403));
  let asked = 0;
  const flaky = createServer((request, response) => {
    asked += 1;
    if (asked < 3) response.writeHead(503).end();
    else
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('id: 7\nevent: out-of-sight\ndata: {"lead":"x"}\n\n');
    void request;
  });
  await new Promise<void>((resolve) => flaky.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = flaky.address() as AddressInfo;
    const feed = liveLeadEvents({ url: `http://127.0.0.1:${port}`, token: () => 'x', signal, pauseMs: 1 });
    expect((await feed.next()).value).toEqual({ kind: 'out-of-sight', lead: 'x', place: '7' });
    await feed.return();
    expect(asked).toBe(3);
  } finally {
    flaky.closeAllConnections();
    flaky.close();
  }
});
