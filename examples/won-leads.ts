import { leadEventOfRecord } from '../libs/lead-event-consumer/kafka-records.js';
import { LeadEventConsumer } from '../libs/lead-event-consumer/lead-event-consumer.js';
import type { LeadEvent, UnknownLeadEvent } from '../libs/lead-event-consumer/lead-event.js';
import { liveLeadEvents } from '../libs/lead-event-consumer/live-feed.js';

/*
 * A service downstream of Baton: how many leads of each source were won, from all of history and as it goes on.
 *
 *   BATON_TOKEN=$(baton token --subject won-leads --role service) npm run example:consumer
 *
 * listens to the live feed of BATON_URL (http://127.0.0.1:3000); with BATON_KAFKA=host:port it reads Kafka instead.
 */

const sources = new Map<string, string>();
const won = new Map<string, number>();

function count(event: LeadEvent): void {
  if (event.type === 'LeadCreated') sources.set(event.lead, event.data.source);
  if (event.type !== 'LeadWon') return;
  const source = sources.get(event.lead) ?? 'unknown';
  won.set(source, (won.get(source) ?? 0) + 1);
  const table = [...won].toSorted().map(([name, wins]) => `${name} ${wins}`);
  process.stdout.write(`won: ${table.join(', ')}\n`);
}

const consumer = new LeadEventConsumer({
  handle: count,
  onGap: ({ lead, expected, came }) => {
    process.stderr.write(`events ${expected} to ${came - 1} of lead ${lead} did not come\n`);
  },
});
const take = async (event: LeadEvent | UnknownLeadEvent): Promise<void> => {
  await consumer.take(event);
};

const { BATON_KAFKA: kafka, BATON_URL: url = 'http://127.0.0.1:3000', BATON_TOKEN: token } = process.env;
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

if (kafka !== undefined) await fromKafka(kafka);
else if (token !== undefined) await fromLiveFeed(token);
else {
  process.stderr.write('won-leads: BATON_TOKEN (for the live feed) or BATON_KAFKA (host:port) must be set\n');
  process.exitCode = 1;
}

async function fromLiveFeed(bearer: string): Promise<void> {
  const { signal } = stopping;
  const onInterruption = (why: string) => process.stderr.write(`interrupted: ${why}\n`);
  for await (const item of liveLeadEvents({ url, token: () => bearer, from: 'start', signal, onInterruption })) {
    if (item.kind === 'event') await take(item.event);
  }
}

async function fromKafka(broker: string): Promise<void> {
  const { Kafka, logLevel } = (await import('kafkajs')).default;
  const client = new Kafka({ clientId: 'won-leads', brokers: broker.split(','), logLevel: logLevel.ERROR });
  // Without kept marks it begins anew with each start, and so does its group.
  const reader = client.consumer({ groupId: `won-leads-${process.pid}-${Date.now()}` });
  await reader.connect();
  await reader.subscribe({ topic: 'baton.lead-events.v1', fromBeginning: true });
  await reader.run({ eachMessage: ({ message }) => take(leadEventOfRecord(message)) });
  stopping.signal.addEventListener('abort', () => void reader.disconnect());
}
