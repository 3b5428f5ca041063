import { randomUUID } from 'node:crypto';
import { encodeCloudEvent } from '../../contracts/cloud-event.js';
import { isLeadStream } from '../../contracts/topics.js';
import type { NewEvent } from '../../event-store/event-store.js';
import { idsOf, newEvents, newStream } from '../../event-store/opened-store.spec-kit.js';
import {
  describeWithKafka,
  makeTopics,
  openBroker,
  testSettings,
  type TestBroker,
} from '../../kafka-client/kafka-broker.spec-kit.js';
import { openClient } from '../../kafka-client/kafka-client.js';
import { kafkaFault } from '../../kafka-client/kafka-fault.js';
import type { KafkaSettings } from '../../kafka-client/kafka-settings.js';
import { PartitionReader } from '../../kafka-client/partition-reader.js';
import { eventFeedContract } from '../event-feed.contract.spec-kit.js';
import { hasReached, type FeedBatch } from '../event-feed.js';
import { KafkaFeed } from './kafka-feed.js';

describeWithKafka('the feed from Kafka', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await openBroker();
  });
  afterAll(() => broker.dispose());

  const feedOf = (settings: KafkaSettings): Promise<KafkaFeed> =>
    KafkaFeed.open({ settings, clientId: 'spec', newGroup: randomUUID });

  /** Publishes as the relay does: what belongs together in one transaction. */
  async function publisher(settings: KafkaSettings) {
    const kafka = await openClient(settings, { clientId: 'spec', retry: { initialRetryTime: 10 } });
    const producer = kafka.producer({ transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const reader = await PartitionReader.open(kafka);
    const { leadEvents, referenceEvents } = settings.topics;
    /** Topics that were just made have no leader for a moment: nothing is known to stand there yet. */
    const standing = async (): Promise<bigint> => {
      try {
        const ends = [...(await reader.ends(leadEvents, 3)), ...(await reader.ends(referenceEvents, 2))];
        return ends.reduce((sum, end) => sum + end, 0n);
      } catch (fault) {
        if (kafkaFault(fault).kind === 'retriable') return -1n;
        throw fault;
      }
    };
    let position = 0;
    let records = 0n;
    const publish = async (stream: string, events: readonly NewEvent[], end: 'commit' | 'abort' = 'commit') => {
      const transaction = await producer.transaction();
      const topic = isLeadStream(stream) ? leadEvents : referenceEvents;
      const messages = events.map((event, revision) =>
        encodeCloudEvent({ ...event, stream, revision, position: String(++position) }),
      );
      await transaction.send({ topic, messages });
      await transaction[end]();
      // The broker answers a commit before it has written its mark, without which nobody sees the records.
      records += BigInt(events.length + 1);
      while ((await standing()) < records);
    };
    const close = async (): Promise<void> => {
      await producer.disconnect();
      await reader.close();
    };
    return { publish, close };
  }

  eventFeedContract('Kafka', async () => {
    const settings = testSettings(broker.address);
    await makeTopics(settings);
    const { publish, close } = await publisher(settings);
    const opened = [await feedOf(settings)];
    return {
      feed: opened[0]!,
      publish: (stream, events) => publish(stream, events),
      reopen: async () => {
        opened.push(await feedOf(settings));
        return opened.at(-1)!;
      },
      dispose: async () => {
        await Promise.all(opened.map((feed) => feed.close()));
        await close();
      },
    };
  });

  /** A feed of its own topics, and who fills them. */
  async function setUp() {
    const settings = testSettings(broker.address);
    await makeTopics(settings);
    const filling = await publisher(settings);
    const feed = await feedOf(settings);
    const close = async (): Promise<void> => {
      await feed.close();
      await filling.close();
    };
    return { settings, feed, publish: filling.publish, close };
  }

  it('reaches the head where the last that came is an aborted transaction', async () => {
    const { feed, publish, close } = await setUp();
    const stream = newStream();
    await publish(stream, newEvents(3));
    await publish(stream, newEvents(2), 'abort');
    const head = await feed.head();
    const progress = new Map<number, bigint>();
    const stop = new AbortController();
    const ids: string[] = [];
    await feed.deliver({
      from: new Map(),
      signal: stop.signal,
      handler: async (batches) => {
        for (const { partition, offset, events } of batches) {
          progress.set(partition, offset);
          ids.push(...idsOf(events));
        }
        if (hasReached(progress, head)) stop.abort();
      },
    });
    expect(ids).toHaveLength(3);
    expect(await feed.oldestAfter(progress)).toBeUndefined();
    await close();
  });

  it('hands on together what waits in several partitions, one batch of each, and no more than is wanted', async () => {
    const { feed, publish, close } = await setUp();
    const all = Array.from({ length: 12 }, () => newEvents(5));
    for (const events of all) await publish(newStream(), events);
    const stop = new AbortController();
    const calls: (readonly FeedBatch[])[] = [];
    const seen: string[] = [];
    await feed.deliver({
      from: new Map(),
      signal: stop.signal,
      batchSize: 40,
      handler: async (batches) => {
        calls.push(batches);
        seen.push(...batches.flatMap(({ events }) => idsOf(events)));
        if (seen.length === 60) stop.abort();
      },
    });
    expect(seen.toSorted()).toEqual(idsOf(all.flat()).toSorted());
    for (const batches of calls) {
      expect(new Set(batches.map(({ partition }) => partition)).size).toBe(batches.length);
      expect(batches.flatMap(({ events }) => events).length).toBeLessThanOrEqual(40);
    }
    expect(Math.max(...calls.map((batches) => batches.length))).toBeGreaterThan(1);
    await close();
  });

  it('stops at a record that is none of ours, naming place and rule, until it is told to pass over it', async () => {
    const { settings, feed, publish, close } = await setUp();
    const stream = newStream();
    const events = newEvents(3);
    await publish(stream, events);
    const { leadEvents } = settings.topics;
    const producer = (await openClient(settings, { clientId: 'spec' })).producer();
    await producer.connect();
    const [written] = await producer.send({ topic: leadEvents, messages: [{ key: 'canary', value: 'canary' }] });
    await producer.disconnect();
    const place = `${leadEvents}/${written!.partition}/${written!.baseOffset}`;
    const seen: string[] = [];
    const deliver = async (from: KafkaFeed, until: number): Promise<void> => {
      const stop = new AbortController();
      await from.deliver({
        from: new Map(),
        signal: stop.signal,
        handler: async (batches) => {
          seen.push(...batches.flatMap(({ events }) => idsOf(events)));
          if (seen.length >= until) stop.abort();
        },
      });
    };
    const stopped = deliver(feed, 1_000);
    await expect(stopped).rejects.toThrow(
      `${place}: the record is no CloudEvent of Baton: header ce_specversion is missing. BATON_KAFKA_SKIP=${place}`,
    );
    await expect(stopped).rejects.toMatchObject({ name: 'KafkaFault', kind: 'fatal' });
    seen.length = 0;
    const passing = await feedOf({ ...settings, skipped: new Set([place]) });
    await deliver(passing, 3);
    expect(seen).toEqual(idsOf(events));
    await passing.close();
    await close();
  });

  it('shares its partitions in a group, hands them over, and begins where all of the group are', async () => {
    const { feed, publish, close } = await setUp();
    const all = newEvents(0);
    const more = async (): Promise<void> => {
      for (let n = 0; n < 12; n += 1) {
        const events = newEvents(10);
        all.push(...events);
        await publish(newStream(), events);
      }
    };
    await more();
    // What the group has done stands in one place, as in the read database.
    const progress = new Map<number, bigint>();
    const seen = new Map<string, number>();
    const partitionsOf = [new Set<number>(), new Set<number>()];
    const watchers = new Set<() => void>();
    const until = (isSo: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => void (isSo() && resolve());
        watchers.add(look);
        look();
      });
    const member = (which: 0 | 1) => {
      const stop = new AbortController();
      const done = feed.deliver({
        from: new Map(),
        group: 'spec-shared',
        reached: async () => new Map(progress),
        signal: stop.signal,
        batchSize: 7,
        handler: async (batches) => {
          for (const { partition, offset, events } of batches) {
            for (const { id } of events) seen.set(id, (seen.get(id) ?? 0) + 1);
            progress.set(partition, offset);
            partitionsOf[which]!.add(partition);
          }
          watchers.forEach((look) => look());
        },
      });
      return { stop, done };
    };
    const first = member(0);
    await until(() => seen.size === 120);
    const second = member(1);
    // Both have some once they have divided them; until then events go on coming.
    while (partitionsOf[1]!.size === 0) await more();
    second.stop.abort();
    await second.done;
    await more();
    const total = all.length;
    await until(() => seen.size === total);
    first.stop.abort();
    await first.done;
    expect([...seen.keys()].sort()).toEqual(idsOf(all).sort());
    expect([...seen.values()].filter((times) => times !== 1)).toEqual([]);
    expect(partitionsOf[1]!.size).toBeGreaterThan(0);
    await close();
  });
});
