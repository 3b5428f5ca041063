// Load 8 events, decide, append 1: emmett's own command handler over EventStoreDB. One JSON line asks, one answers.
import { DeciderCommandHandler } from '@event-driven-io/emmett';
import { getEventStoreDBEventStore } from '@event-driven-io/emmett-esdb';
import { EventStoreDBClient } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { contact, evolve, initialState } from '../lead.mjs';

const client = EventStoreDBClient.connectionString(process.env.BATON_TEST_EVENTSTORE);
const store = getEventStoreDBEventStore(client);
const handle = DeciderCommandHandler({ decide: contact, evolve, initialState, mapToStreamId: (id) => `peer-${id}` });

/** `count` times `work`, `atOnce` at a time. */
async function inParallel(count, atOnce, work) {
  let next = 0;
  const one = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

let leads = [];
const answers = {
  /** Leads with this history each; the next run takes them. */
  async prepare({ count, history }) {
    leads = Array.from({ length: count }, () => randomUUID());
    await inParallel(count, 16, (at) => store.appendToStream(`peer-${leads[at]}`, history));
    return { prepared: count };
  },
  async run({ atOnce, data, metadata }) {
    const start = performance.now();
    await inParallel(leads.length, atOnce, (at) => handle(store, leads[at], { type: 'Contact', data, metadata }));
    return { seconds: (performance.now() - start) / 1_000 };
  },
};

process.stdout.write('{"ready":true}\n');
for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...question } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await answers[ask](question))}\n`);
}
await client.dispose();
process.exit(0);
