import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { allProjections } from '../../apps/composition/projections.js';
import { KafkaFeed } from '../../libs/event-feed/kafka/kafka-feed.js';
import type { KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import type { StreamPlace } from '../../libs/projection-runner/projection.js';
import { ProjectionRunner } from '../../libs/projection-runner/runner.js';
import { PostgresReadDatabase } from '../../libs/read-database/postgres-read-database.js';

/*
 * node views-process.js URL SCHEMA < lines: what a team-views process does with its feed and its database. Says a line
 * when it is open; begins at the first line that it reads, `{}`, and says its seconds once all views serve. Each further
 * line is a place, `{"stream", "revision"}`, and is answered when the cards have it.
 */

const WAIT_MS = 30_000;
const [url = '', schema = '', given = '{}'] = process.argv.slice(2);
const settings = JSON.parse(given, (key, value: unknown) =>
  key === 'skipped' ? new Set<string>() : value,
) as KafkaSettings;
const database = await PostgresReadDatabase.open({ url, schema });
const feed = await KafkaFeed.open({ settings, clientId: 'bench', newGroup: randomUUID });
const skips = { of: () => Promise.resolve(new Set<string>()), skip: () => Promise.resolve() };
const runner = new ProjectionRunner({ database, feed, projections: allProjections, skips, clock: Date.now });
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

async function begin(): Promise<void> {
  const begun = performance.now();
  await runner.start();
  await runner.whenCaughtUp();
  say({ seconds: (performance.now() - begun) / 1_000 });
}

async function seen(place: StreamPlace): Promise<void> {
  const isSeen = await runner.whenProcessed('lead-card', place, { timeoutMs: WAIT_MS });
  say({ ...place, isSeen, at: Date.now() });
}

say({ open: true });
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as Partial<StreamPlace>;
  if (asked.stream === undefined) await begin();
  else void seen(asked as StreamPlace);
}
await runner.stop();
await feed.close();
await database.close();
