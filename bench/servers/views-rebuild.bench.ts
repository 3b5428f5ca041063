import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import type { KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import { kafkaVersion } from '../../tools/kafka/server-jars.js';
import { startPostgres } from '../../tools/postgres/start-postgres.mjs';
import { median, type BenchFigure, type SkippedFigure } from '../figure.js';
import { LineProcess } from '../line-process.js';
import { fillStore } from '../rebuilt-views.js';
import { brokerOf, newTopics, relayAll } from './relayed.js';

const NAME = 'rebuild of all views together, Kafka to PostgreSQL';
const LEADS = 10_000;
const ROUNDS = 3;

/** All views together, from nothing to live with their indexes, by one process and by two that share the work. */
export async function run(): Promise<readonly (BenchFigure | SkippedFigure)[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  // A folder of its own: the server may run as another user, who cannot see into ours.
  const data = await mkdtemp(join(tmpdir(), 'baton-bench-postgres-'));
  const broker = await brokerOf(directory);
  if (typeof broker === 'string') return [{ name: NAME, skipped: broker }];
  const given = process.env.BATON_TEST_DATABASE;
  const own = given ? undefined : await startPostgres(data, { shared_buffers: '256MB' });
  try {
    const events = await fillStore(directory, LEADS);
    const settings = await newTopics(broker.address);
    const store = await SqliteEventStore.open({ file: join(directory, 'events.sqlite') });
    await relayAll(store, settings, events);
    await store.close();
    const url = given ?? own?.url ?? '';
    const rounds: { one: number; two: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const schema = `bench_${process.pid}_${round}`;
      const one = await rebuiltBy(1, url, `${schema}_one`, settings);
      rounds.push({ one, two: await rebuiltBy(2, url, `${schema}_two`, settings) });
    }
    const note = `${events} events of ${LEADS} leads and their contacts, to serving, indexes made; fsync on; Kafka ${kafkaVersion()}`;
    return [
      {
        name: NAME,
        value: median(rounds.map(({ one }) => events / one)),
        unit: 'events/s',
        must: 5_000,
        aim: 20_000,
        better: 'higher',
        note,
      },
      {
        name: `${NAME}: two processes against one`,
        value: median(rounds.map(({ one, two }) => one / two)),
        unit: '×',
        must: 1,
        better: 'higher',
        note: 'where cores allow: broker, database and processes share this machine',
      },
    ];
  } finally {
    await own?.stop();
    await broker.stop();
    for (const made of [directory, data]) await rm(made, { recursive: true, force: true });
  }
}

/** Seconds until the last of them has all views serving. */
async function rebuiltBy(count: number, url: string, schema: string, settings: KafkaSettings): Promise<number> {
  const script = join(import.meta.dirname, 'views-process.js');
  const argv = [url, schema, JSON.stringify(settings)];
  const processes = Array.from({ length: count }, () => new LineProcess(script, argv));
  try {
    await Promise.all(processes.map((process) => process.hear()));
    const said = await Promise.all(processes.map((process) => process.ask<{ seconds: number }>({})));
    return Math.max(...said.map(({ seconds }) => seconds));
  } finally {
    await Promise.all(processes.map((process) => process.stop()));
  }
}
