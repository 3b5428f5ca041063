import type { NewEvent } from '../event-store/event-store.js';
import { idsOf, newEvents, newStream } from '../event-store/opened-store.spec-kit.js';
import { hasReached, type EventFeed, type FeedBatch, type FeedProgress } from './event-feed.js';

export interface OpenedFeed {
  readonly feed: EventFeed;
  /** makes events of a new stream known to the feed; resolves when they are durable at its source */
  readonly publish: (stream: string, events: readonly NewEvent[]) => Promise<void>;
  /** the same source, connected to anew */
  readonly reopen: () => Promise<EventFeed>;
  readonly dispose: () => Promise<void>;
}

type Test = (opened: OpenedFeed) => Promise<void>;

/** What every event feed must do. */
export function eventFeedContract(name: string, open: () => Promise<OpenedFeed>): void {
  const withFeed = (test: Test) => async (): Promise<void> => {
    const opened = await open();
    try {
      await test(opened);
    } finally {
      await opened.dispose();
    }
  };

  describe(`event feed contract: ${name}`, () => {
    it(
      'delivers what was there and what comes, each once and in the order of its stream',
      withFeed(async ({ feed, publish }) => {
        const [early, late] = [newEvents(12), newEvents(7)];
        await publish(newStream(), early);
        const delivered = deliverUntil(feed, new Map(), 19);
        await publish(newStream(), late);
        const { events } = await delivered;
        expect(idsOf(events).sort()).toEqual(idsOf([...early, ...late]).sort());
        for (const stream of [early, late]) {
          const ids = idsOf(stream);
          expect(idsOf(events).filter((id) => ids.includes(id))).toEqual(ids);
        }
      }),
    );

    it(
      'goes on after the progress given, also when opened again',
      withFeed(async ({ feed, publish, reopen }) => {
        const events = newEvents(30);
        await publish(newStream(), events);
        const first = await deliverUntil(feed, new Map(), 10, 5);
        const rest = await deliverUntil(await reopen(), first.progress, 30 - first.events.length);
        expect(idsOf([...first.events, ...rest.events])).toEqual(idsOf(events));
      }),
    );

    it(
      'keeps to the size of a batch, with offsets that rise to that of the batch',
      withFeed(async ({ feed, publish }) => {
        await publish(newStream(), newEvents(25));
        const { batches } = await deliverUntil(feed, new Map(), 25, 10);
        for (const { events, offset } of batches) {
          expect(events.length).toBeLessThanOrEqual(10);
          const offsets = events.map((event) => event.offset);
          expect(offsets).toEqual([...offsets].sort((a, b) => (a < b ? -1 : 1)));
          expect(offset >= offsets.at(-1)!).toBe(true);
        }
      }),
    );

    it(
      'awaits the handler before it delivers more',
      withFeed(async ({ feed, publish }) => {
        await publish(newStream(), newEvents(20));
        let running = 0;
        let most = 0;
        let largest = 0;
        const stop = new AbortController();
        let seen = 0;
        await feed.deliver({
          from: new Map(),
          signal: stop.signal,
          batchSize: 4,
          handler: async (batches) => {
            most = Math.max(most, ++running);
            await new Promise(setImmediate);
            running--;
            const taken = batches.flatMap(({ events }) => events).length;
            largest = Math.max(largest, taken);
            seen += taken;
            if (seen >= 20) stop.abort();
          },
        });
        expect({ most, largest, seen }).toEqual({ most: 1, largest: 4, seen: 20 });
      }),
    );

    it(
      'surfaces what the handler throws and delivers nothing after it',
      withFeed(async ({ feed, publish }) => {
        await publish(newStream(), newEvents(10));
        let calls = 0;
        const delivering = feed.deliver({
          from: new Map(),
          signal: new AbortController().signal,
          batchSize: 2,
          handler: async () => {
            calls++;
            throw new Error('cannot');
          },
        });
        await expect(delivering).rejects.toThrow('cannot');
        expect(calls).toBe(1);
      }),
    );

    it(
      'ends by its signal while it waits for more',
      withFeed(async ({ feed, publish }) => {
        await publish(newStream(), newEvents(1));
        await deliverUntil(feed, new Map(), 1);
        const stop = new AbortController();
        const waiting = feed.deliver({ from: await feed.head(), signal: stop.signal, handler: async () => undefined });
        stop.abort();
        await expect(waiting).resolves.toBeUndefined();
      }),
    );

    it(
      'knows its head, and since when something waits',
      withFeed(async ({ feed, publish }) => {
        expect(await feed.head()).toEqual(new Map());
        const recordedAt = '2026-03-01T00:00:00.000Z';
        await publish(
          newStream(),
          newEvents(3).map((event) => ({ ...event, metadata: { recordedAt } })),
        );
        const head = await feed.head();
        expect(hasReached(new Map(), head)).toBe(false);
        expect(await feed.oldestAfter(new Map())).toBe(recordedAt);
        const { progress } = await deliverUntil(feed, new Map(), 3);
        expect(hasReached(progress, head)).toBe(true);
        expect(await feed.oldestAfter(progress)).toBeUndefined();
      }),
    );
  });
}

/** Delivers until at least `count` events came; the batch under way is finished. */
async function deliverUntil(feed: EventFeed, from: FeedProgress, count: number, batchSize?: number) {
  const stop = new AbortController();
  const batches: FeedBatch[] = [];
  const progress = new Map(from);
  let seen = 0;
  await feed.deliver({
    from,
    signal: stop.signal,
    ...(batchSize !== undefined && { batchSize }),
    handler: async (taken) => {
      for (const batch of taken) {
        batches.push(batch);
        progress.set(batch.partition, batch.offset);
        seen += batch.events.length;
      }
      if (seen >= count) stop.abort();
    },
  });
  return { batches, progress, events: batches.flatMap((batch) => batch.events) };
}
