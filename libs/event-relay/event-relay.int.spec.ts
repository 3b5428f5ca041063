import { randomUUID } from 'node:crypto';
import type { EventStore } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { everything, newEvent, newEvents, newStream } from '../event-store/opened-store.spec-kit.js';
import {
  describeWithKafka,
  makeTopics,
  openBroker,
  testSettings,
  type TestBroker,
} from '../kafka-client/kafka-broker.spec-kit.js';
import type { KafkaSettings } from '../kafka-client/kafka-settings.js';
import { EventRelay, type RelayOptions } from './event-relay.js';
import { KafkaTarget } from './kafka/kafka-target.js';
import { readPublished, wronglyPublished } from './published.spec-kit.js';

describeWithKafka('a relay to a real broker', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await openBroker();
  });
  afterAll(() => broker.dispose());

  /** A relay, and the means to wait until it has published so many events. */
  function relayOf(store: EventStore, settings: KafkaSettings, options: Partial<RelayOptions> = {}) {
    const target = new KafkaTarget({ settings, newNonce: randomUUID });
    let published = 0;
    const watchers = new Set<() => void>();
    const relay = new EventRelay({
      store,
      target,
      clock: Date.now,
      observe: (seen) => {
        if (seen.kind === 'published') published += seen.events;
        for (const look of watchers) look();
      },
      ...options,
    });
    const whenPublished = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => void (published >= count && resolve());
        watchers.add(look);
        look();
      });
    relay.start();
    return { relay, whenPublished };
  }

  async function filled(streams: number, events: number): Promise<MemoryEventStore> {
    const store = new MemoryEventStore();
    for (let n = 0; n < streams; n += 1) {
      await store.append(n % 4 === 0 ? `team-${randomUUID()}` : newStream(), 'no-stream', newEvents(events));
    }
    return store;
  }

  it('publishes each event once, the streams and the trail in order, and goes on where it was', async () => {
    const settings = testSettings(broker.address);
    await makeTopics(settings);
    const store = await filled(40, 25);
    const first = relayOf(store, settings, { batchSize: 100 });
    await first.whenPublished(1_000);
    await first.relay.stop();
    await store.append(newStream(), 'no-stream', newEvents(5));
    const second = relayOf(store, settings);
    await second.whenPublished(5);
    await store.append(newStream(), 'no-stream', newEvents(1));
    await second.whenPublished(6);
    await second.relay.stop();
    expect(wronglyPublished(await everything(store), await readPublished(settings))).toBeUndefined();
  });

  it('publishes events of the largest size in as many requests as it takes', async () => {
    const settings = testSettings(broker.address);
    await makeTopics(settings);
    const store = new MemoryEventStore();
    const stream = newStream();
    for (let n = 0; n < 24; n += 1) {
      await store.append(stream, n === 0 ? 'no-stream' : n - 1, [newEvent({ text: 'x'.repeat(512 * 1024 - 20) })]);
    }
    const { relay, whenPublished } = relayOf(store, settings);
    await whenPublished(24);
    await relay.stop();
    expect(wronglyPublished(await everything(store), await readPublished(settings))).toBeUndefined();
  });

  it('lets two at once publish nothing twice: the earlier one is put out', async () => {
    const settings = testSettings(broker.address);
    await makeTopics(settings);
    const store = await filled(40, 25);
    const relays = [relayOf(store, settings, { batchSize: 20 }), relayOf(store, settings, { batchSize: 30 })];
    await Promise.race(relays.map(({ whenPublished }) => whenPublished(100)));
    relays.push(relayOf(store, settings, { batchSize: 50 }));
    const isAllThere = async (): Promise<boolean> => (await readPublished(settings)).trail.length === 1_000;
    while (!(await isAllThere()));
    const states = await Promise.all(relays.map(async ({ relay }) => (await relay.status()).state));
    expect(states.filter((state) => state === 'relaying')).toHaveLength(1);
    await Promise.all(relays.map(({ relay }) => relay.stop()));
    expect(wronglyPublished(await everything(store), await readPublished(settings))).toBeUndefined();
  });
});
