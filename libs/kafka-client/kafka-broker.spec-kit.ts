import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaServer, type KafkaServerOptions } from '../../tools/kafka/kafka-server.js';
import { assertJava, NoKafkaServer } from '../../tools/kafka/server-jars.js';
import { openClient, withAdmin } from './kafka-client.js';
import type { KafkaSettings, TopicLayout } from './kafka-settings.js';
import { ensureTopics } from './topics.js';

const SMALL: TopicLayout = { leadPartitions: 3, referencePartitions: 2, replication: 1, minInSync: 1 };

/** A broker for tests: the one that BATON_TEST_KAFKA names, else a real one of our own, stopped afterwards. */
export interface TestBroker {
  readonly address: string;
  /** absent where the broker is not ours to kill */
  readonly server?: KafkaServer;
  /** where it keeps its topics; absent likewise */
  readonly directory?: string;
  readonly dispose: () => Promise<void>;
}

export async function openBroker(): Promise<TestBroker> {
  const named = process.env.BATON_TEST_KAFKA;
  return named === undefined ? ownBroker() : { address: named, dispose: async () => undefined };
}

/** A broker that the test may kill, or that has listeners of a special kind. */
export async function ownBroker(options: Omit<KafkaServerOptions, 'directory'> = {}): Promise<Required<TestBroker>> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-kafka-'));
  const server = await KafkaServer.start({ directory, ...options });
  // A test run that is cut off must not leave it behind.
  const end = (): void => void (server.pid !== undefined && kill(server.pid));
  process.once('exit', end);
  const dispose = async (): Promise<void> => {
    process.off('exit', end);
    await server.end('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  };
  return { address: server.address, server, directory, dispose };
}

/** Settings with topics of their own, so that tests share a broker and see nothing of each other. */
export function testSettings(address: string, layout: Partial<TopicLayout> = {}): KafkaSettings {
  const run = randomUUID().slice(0, 8);
  return {
    brokers: [address],
    topics: {
      leadEvents: `test.${run}.lead-events.v1`,
      referenceEvents: `test.${run}.reference-events.v1`,
      trail: `test.${run}.trail.v1`,
      relayCheckpoint: `test.${run}.relay-checkpoint.v1`,
    },
    layout: { ...SMALL, ...layout },
    skipped: new Set(),
  };
}

export async function makeTopics(settings: KafkaSettings): Promise<void> {
  await withAdmin(await openClient(settings, { clientId: 'spec' }), settings, (admin) => ensureTopics(admin, settings));
}

const hasOwn = await hasJava();
const available = process.env.BATON_TEST_KAFKA !== undefined || hasOwn;

/** Runs where there is a Kafka, or Java to start one; else it is skipped, and says so. */
export const describeWithKafka: jest.Describe = available ? describe : describe.skip;

/** As above, for what kills or sets up a broker of its own. */
export const describeWithOwnKafka: jest.Describe = hasOwn ? describe : describe.skip;

async function hasJava(): Promise<boolean> {
  try {
    await assertJava();
    return true;
  } catch (fault) {
    if (!(fault instanceof NoKafkaServer)) throw fault;
    process.stderr.write(
      `\nSKIPPED: the tests with a real Kafka. ${fault.message}, and BATON_TEST_KAFKA names no broker\n`,
    );
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
