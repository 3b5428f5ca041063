/**
 * node views-until-killed.mjs EVENTS URL SCHEMA
 *
 * One of several instances that keep up the same views, from a file of recorded events in three partitions, all of
 * which each instance believes to be its own: worse than any real feed, which gives a partition to one at a time.
 */
import { readFileSync } from 'node:fs';

/** What was built, typed by its source. @param {string} path @returns {Promise<unknown>} */
const built = (path) => import(new URL(`../dist/libs/${path}`, import.meta.url).href);
const { ProjectionRunner } = /** @type {typeof import('../libs/projection-runner/runner.js')} */ (
  await built('projection-runner/runner.js')
);
const { PostgresReadDatabase } = /** @type {typeof import('../libs/read-database/postgres-read-database.js')} */ (
  await built('read-database/postgres-read-database.js')
);
const { FunnelProjection } = /** @type {typeof import('../libs/team-views/funnel-projection.js')} */ (
  await built('team-views/funnel-projection.js')
);
const { LeadCardProjection } = /** @type {typeof import('../libs/team-views/lead-card-projection.js')} */ (
  await built('team-views/lead-card-projection.js')
);
const { OutcomeProjection } = /** @type {typeof import('../libs/team-views/outcome-projection.js')} */ (
  await built('team-views/outcome-projection.js')
);

const PARTITIONS = 3;
const BATCH = 20;
const [file = '', url = '', schema = ''] = process.argv.slice(2);
/** @typedef {import('../libs/event-feed/event-feed.js').FeedEvent} FeedEvent */
/** @type {FeedEvent[][]} */
const parts = Array.from({ length: PARTITIONS }, () => []);
for (const line of readFileSync(file, 'utf8').split('\n')) {
  if (line === '') continue;
  /** @type {unknown} */
  const parsed = JSON.parse(line);
  const event = /** @type {FeedEvent} */ (parsed);
  const part = parts[[...event.stream].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % PARTITIONS] ?? [];
  part.push({ ...event, offset: BigInt(part.length + 1) });
}

/** @type {import('../libs/event-feed/event-feed.js').EventFeed} */
const feed = {
  isShared: true,
  head: async () => new Map(parts.map((part, partition) => [partition, BigInt(part.length)])),
  oldestAfter: async () => undefined,
  deliver: async ({ reached, handler, signal }) => {
    const from = (await reached?.()) ?? new Map();
    const next = parts.map((_, partition) => Number(from.get(partition) ?? 0n));
    while (!signal.aborted) {
      const batches = parts.flatMap((part, partition) => {
        const at = next[partition] ?? 0;
        const events = part.slice(at, at + BATCH);
        next[partition] = at + events.length;
        return events.length === 0 ? [] : [{ partition, offset: BigInt(at + events.length), events }];
      });
      if (batches.length === 0) break;
      await handler(batches);
    }
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  },
};
const database = await PostgresReadDatabase.open({ url, schema, idleInTransactionMs: 500 });
const runner = new ProjectionRunner({
  database,
  feed,
  projections: () => [new LeadCardProjection(), new FunnelProjection(), new OutcomeProjection()],
  skips: {
    of: () => Promise.resolve(new Set()),
    skip: () => Promise.reject(new Error('nobody operates these views')),
  },
  clock: Date.now,
  followMs: 100,
  pause: () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20)),
});
await runner.start();
process.stdout.write('started\n');
