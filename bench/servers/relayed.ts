import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { EventRelay } from '../../libs/event-relay/event-relay.js';
import { KafkaTarget } from '../../libs/event-relay/kafka/kafka-target.js';
import { openClient, withAdmin } from '../../libs/kafka-client/kafka-client.js';
import type { KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import { ensureTopics } from '../../libs/kafka-client/topics.js';
import { KafkaServer } from '../../tools/kafka/kafka-server.js';
import { NoKafkaServer } from '../../tools/kafka/server-jars.js';

/** Events of one transaction of the relay, at most. */
export const BATCH = 2_000;

/** Seconds from where the relay has taken over to where it has brought everything. */
export async function relayAll(store: EventStore, settings: KafkaSettings, events: number): Promise<number> {
  let published = 0;
  let began = 0;
  const seconds = await new Promise<number>((resolve, reject) => {
    const relay = new EventRelay({
      store,
      target: new KafkaTarget({ settings, newNonce: randomUUID }),
      clock: Date.now,
      batchSize: BATCH,
      observe: (seen) => {
        if (seen.kind === 'began') began = performance.now();
        if (seen.kind === 'fault') reject(seen.fault);
        if (seen.kind !== 'published' || (published += seen.events) < events) return;
        const end = performance.now();
        void relay.stop().then(() => resolve((end - began) / 1_000));
      },
    });
    relay.start();
  });
  return seconds;
}

/** Topics of their own, so that nothing is seen of other rounds. */
export async function newTopics(address: string): Promise<KafkaSettings> {
  const run = randomUUID().slice(0, 8);
  const settings: KafkaSettings = {
    brokers: [address],
    topics: {
      leadEvents: `bench.${run}.lead-events`,
      referenceEvents: `bench.${run}.reference-events`,
      trail: `bench.${run}.trail`,
      relayCheckpoint: `bench.${run}.relay-checkpoint`,
    },
    layout: { leadPartitions: 6, referencePartitions: 2, replication: 1, minInSync: 1 },
    skipped: new Set(),
  };
  await withAdmin(await openClient(settings, { clientId: 'bench' }), settings, (admin) =>
    ensureTopics(admin, settings),
  );
  return settings;
}

/** The broker that BATON_TEST_KAFKA names, else one of our own; or why there is none. */
export async function brokerOf(directory: string): Promise<{ address: string; stop: () => Promise<void> } | string> {
  const named = process.env.BATON_TEST_KAFKA;
  if (named !== undefined) return { address: named, stop: async () => undefined };
  try {
    const server = await KafkaServer.start({ directory: join(directory, 'kafka') });
    return { address: server.address, stop: () => server.end('SIGKILL') };
  } catch (fault) {
    if (fault instanceof NoKafkaServer) return `${fault.message}, and BATON_TEST_KAFKA names no broker`;
    throw fault;
  }
}
