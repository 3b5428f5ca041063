import { mkdtemp, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventRelay } from '../../libs/event-relay/event-relay.js';
import { KafkaTarget } from '../../libs/event-relay/kafka/kafka-target.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { leadStream } from '../../libs/lead-commands/lead-commands.service.js';
import { kafkaVersion } from '../../tools/kafka/server-jars.js';
import { startPostgres } from '../../tools/postgres/start-postgres.mjs';
import { inParallel, secondsOf } from '../at-once.js';
import { CommandServices, envelopeOf, TOUCH } from '../command-services.js';
import { percentile, type BenchFigure, type SkippedFigure } from '../figure.js';
import { copyLeads } from '../lead-copies.js';
import { LineProcess } from '../line-process.js';
import { brokerOf, newTopics } from './relayed.js';

const NAME = 'command → visible through relay, Kafka and PostgreSQL at half load, p99';
const LEADS = 4_000;
const AT_ONCE = 32;
const SECONDS = 15;
const TICK_MS = 5;
/** Of so many commands one is looked for. */
const LOOKED_FOR = 10;

/**
 * From the command’s answer to the moment at which the cards of another process have it: commands and relay in this one,
 * as in a process that feeds a Kafka; without HTTP. Load is commands that append one event, at half of what the command
 * side and the relay beside it do at most.
 */
export async function run(): Promise<readonly (BenchFigure | SkippedFigure)[]> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const data = await mkdtemp(join(tmpdir(), 'baton-bench-postgres-'));
  const broker = await brokerOf(directory);
  if (typeof broker === 'string') return [{ name: NAME, skipped: broker }];
  const given = process.env.BATON_TEST_DATABASE;
  const own = given ? undefined : await startPostgres(data, { shared_buffers: '256MB' });
  const settings = await newTopics(broker.address);
  const store = await SqliteEventStore.open({ file: join(directory, 'events.sqlite') });
  const relay = new EventRelay({
    store,
    target: new KafkaTarget({ settings, newNonce: randomUUID }),
    clock: Date.now,
    observe: () => undefined,
  });
  relay.start();
  const services = await CommandServices.open(directory, store);
  const views = new LineProcess(join(import.meta.dirname, 'views-process.js'), [
    given ?? own?.url ?? '',
    `bench_chain_${process.pid}`,
    JSON.stringify(settings),
  ]);
  try {
    const leads = await copyLeads(store, await services.typicalHistory(), LEADS, { withContacts: true });
    await views.hear();
    await views.ask({});
    const { commands } = services.leadCommands();
    const touch = async (at: number): Promise<number> => {
      const done = await commands.execute(leads[at % LEADS] ?? '', { ...TOUCH }, envelopeOf('sven'));
      if (done.kind !== 'done') throw new Error('a command of the bench was not done');
      return done.revision;
    };
    const most = LEADS / (await secondsOf(() => inParallel(LEADS, AT_ONCE, touch)));
    await views.ask(await placeOf(touch, leads, 0));
    const took = await visibleAt(most / 2, touch, leads, views);
    return [
      {
        name: NAME,
        value: percentile(took, 0.99),
        unit: 'ms',
        must: 250,
        better: 'lower',
        note: `median ${percentile(took, 0.5).toFixed(0)} ms of ${took.length}; ${Math.round(most / 2)} of at most ${Math.round(most)} commands/s; Kafka ${kafkaVersion()}`,
      },
    ];
  } finally {
    await views.stop();
    await relay.stop();
    await services.close();
    await own?.stop();
    await broker.stop();
    for (const made of [directory, data]) await rm(made, { recursive: true, force: true });
  }
}

type Touch = (at: number) => Promise<number>;

const placeOf = async (touch: Touch, leads: readonly string[], at: number) => ({
  stream: leadStream(leads[at % leads.length] ?? ''),
  revision: await touch(at),
});

async function visibleAt(rate: number, touch: Touch, leads: readonly string[], views: LineProcess): Promise<number[]> {
  const answered = new Map<string, number>();
  const took: number[] = [];
  const waiting: Promise<void>[] = [];
  const one = async (at: number): Promise<void> => {
    const place = await placeOf(touch, leads, at);
    if (at % LOOKED_FOR !== 0) return;
    answered.set(`${place.stream}@${place.revision}`, Date.now());
    views.tell(place);
  };
  const count = Math.ceil(rate * SECONDS);
  const begun = performance.now();
  for (let sent = 0; sent < count;) {
    const due = Math.min(count, Math.floor(((performance.now() - begun) / 1_000) * rate));
    for (; sent < due; sent += 1) waiting.push(one(sent));
    await sleep(TICK_MS);
  }
  await Promise.all(waiting);
  while (took.length < answered.size) {
    const { stream, revision, isSeen, at } = await views.hear<Seen>();
    if (!isSeen) throw new Error(`the cards never had ${stream}@${revision}`);
    took.push(at - (answered.get(`${stream}@${revision}`) ?? NaN));
  }
  return took;
}

interface Seen {
  readonly stream: string;
  readonly revision: number;
  readonly isSeen: boolean;
  readonly at: number;
}
