import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Position, RecordedEvent } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { relayRequests } from '../../libs/event-relay/kafka/relay-records.js';
import { openClient } from '../../libs/kafka-client/kafka-client.js';
import type { KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import { kafkaVersion } from '../../tools/kafka/server-jars.js';
import { secondsOf } from '../at-once.js';
import { median, type BenchFigure, type SkippedFigure } from '../figure.js';
import { appendLeads } from '../lead-load.js';
import { BATCH, brokerOf, newTopics, relayAll } from './relayed.js';

const NAME = 'relay, against the slower of reading the store and raw transactional producing';
const EVENTS = 32_000;
const APPENDERS = 64;
const ROUNDS = 3;

/** From a SQLite store to a real broker on the same machine; every round has topics of its own, the first warms up. */
export async function run(): Promise<readonly (BenchFigure | SkippedFigure)[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    const broker = await brokerOf(directory);
    if (typeof broker === 'string') return [{ name: NAME, skipped: broker }];
    const store = await SqliteEventStore.open({ file: join(directory, 'events.sqlite') });
    try {
      await Promise.all(Array.from({ length: APPENDERS }, () => appendLeads(store, EVENTS / APPENDERS)));
      return [await measured(store, broker.address)];
    } finally {
      await store.close();
      await broker.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measured(store: SqliteEventStore, address: string): Promise<BenchFigure> {
  const rates: { read: number; raw: number; relayed: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const batches: RecordedEvent[][] = [];
    const read = EVENTS / (await secondsOf(() => readAll(store, (batch) => batches.push([...batch]))));
    const raw = EVENTS / (await produceRaw(batches, await newTopics(address)));
    const relayed = EVENTS / (await relayAll(store, await newTopics(address), EVENTS));
    if (round > 0) rates.push({ read, raw, relayed });
  }
  const perSecond = (of: 'read' | 'raw' | 'relayed'): string =>
    `${Math.round(median(rates.map((rate) => rate[of])))}/s`;
  return {
    name: NAME,
    value: median(rates.map(({ read, raw, relayed }) => relayed / Math.min(read, raw))),
    unit: 'ratio',
    must: 0.5,
    aim: 0.8,
    better: 'higher',
    note: `${perSecond('relayed')}; read ${perSecond('read')}, raw ${perSecond('raw')}; Kafka ${kafkaVersion()}`,
  };
}

async function readAll(store: SqliteEventStore, take: (batch: readonly RecordedEvent[]) => void): Promise<void> {
  for (let after: Position | undefined; ;) {
    const page = await store.readAll({ limit: BATCH, ...(after === undefined ? {} : { after }) });
    const last = page.at(-1);
    if (last === undefined) return;
    take(page);
    after = last.position;
  }
}

/** The same records in the same transactions, made beforehand: what the driver and the broker take for themselves. */
async function produceRaw(batches: readonly RecordedEvent[][], settings: KafkaSettings): Promise<number> {
  const requests = batches.map((batch) => relayRequests(batch, settings.topics));
  const kafka = await openClient(settings, { clientId: 'bench', retry: { initialRetryTime: 8, retries: 12 } });
  const producer = kafka.producer({ transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const seconds = await secondsOf(async () => {
    for (const batch of requests) {
      const transaction = await producer.transaction();
      for (const topicMessages of batch) await transaction.sendBatch({ topicMessages });
      await transaction.send({ topic: settings.topics.relayCheckpoint, messages: [{ key: 'position', value: '1' }] });
      await transaction.commit();
    }
  });
  await producer.disconnect();
  return seconds;
}
