import { randomUUID } from 'node:crypto';
import { InProcessFeed } from '../libs/event-feed/in-process-feed.js';
import { KafkaFeed } from '../libs/event-feed/kafka/kafka-feed.js';
import { EventRelay } from '../libs/event-relay/event-relay.js';
import { KafkaTarget } from '../libs/event-relay/kafka/kafka-target.js';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import {
  describeWithKafka,
  makeTopics,
  openBroker,
  testSettings,
  type TestBroker,
} from '../libs/kafka-client/kafka-broker.spec-kit.js';
import { afterFeed, canonicalDump } from '../libs/projection-runner/projection.spec-kit.js';
import type { RunnerTables } from '../libs/projection-runner/runner-tables.js';
import { openReadDatabase } from '../libs/read-database/read-database.spec-kit.js';
import { FunnelProjection } from '../libs/team-views/funnel-projection.js';
import { LeadCardProjection } from '../libs/team-views/lead-card-projection.js';
import { randomLeads } from '../libs/team-views/lead-history.spec-kit.js';

const DELIVERIES = 10;
const projections = () => [new LeadCardProjection(), new FunnelProjection()];

describeWithKafka('views over Kafka', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await openBroker();
  }, 120_000);
  afterAll(() => broker.dispose());

  it('F8: have the rows of those over the store itself, also when everything comes ten times, across restarts', async () => {
    const settings = testSettings(broker.address);
    await makeTopics(settings);
    const store = new MemoryEventStore();
    const leads = randomLeads(7, 60, 12);
    for (const { stream, events } of leads) await store.append(stream, 'no-stream', events);
    const total = leads.reduce((sum, { events }) => sum + events.length, 0);
    await relayAll(store, total);

    const dumped = async (database: Parameters<typeof canonicalDump>[0]) =>
      Promise.all(projections().map((projection) => canonicalDump(database, projection)));
    const [direct, overKafka] = [await openReadDatabase(), await openReadDatabase()];
    const feed = await KafkaFeed.open({ settings, clientId: 'spec', newGroup: randomUUID });
    try {
      const expected = await afterFeed(direct.database, projections(), new InProcessFeed(store), () =>
        dumped(direct.database),
      );
      for (let n = 0; n < DELIVERIES; n += 1) {
        const rows = await afterFeed(overKafka.database, projections(), feed, () => dumped(overKafka.database));
        expect(rows).toEqual(expected);
        // As after a restart from an old progress: everything comes again.
        await overKafka.database.transaction(async (tx) => {
          await tx.withTables<RunnerTables>().deleteFrom('projection_progress').execute();
        });
      }
    } finally {
      await feed.close();
      await Promise.all([direct.dispose(), overKafka.dispose()]);
    }

    async function relayAll(from: MemoryEventStore, count: number): Promise<void> {
      let published = 0;
      await new Promise<void>((resolve) => {
        const relay = new EventRelay({
          store: from,
          target: new KafkaTarget({ settings, newNonce: randomUUID }),
          clock: Date.now,
          batchSize: 50,
          observe: (seen) => {
            if (seen.kind === 'published' && (published += seen.events) === count) void relay.stop().then(resolve);
          },
        });
        relay.start();
      });
    }
  }, 180_000);
});
