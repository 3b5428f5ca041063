import { isoTime } from '../decider/clock.js';
import type { EventFeed, FeedBatch } from '../event-feed/event-feed.js';
import type { NewEvent, RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { openReadDatabase } from '../read-database/read-database.spec-kit.js';
import type { Projection } from './projection.js';
import { ProjectionRunner } from './runner.js';
import { testSigner } from '../event-signing/event-signing.spec-kit.js';
import { StoredSkips } from './skipped-events.js';

export interface StreamHistory {
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

/** In which order a feed brings the events of several streams. */
export type Delivery = (events: readonly RecordedEvent[]) => readonly RecordedEvent[];

export const NOON = Date.UTC(2026, 5, 1, 12);

/** One stream after the other. */
export function recordedAll(histories: readonly StreamHistory[]): RecordedEvent[] {
  return histories
    .flatMap(({ stream, events }) => events.map((event, revision) => ({ ...event, stream, revision })))
    .map((event, index) => ({ ...event, position: String(index + 1) }));
}

/** Interleaves the streams at random, each in its order. */
export function shuffledAcrossStreams(random: () => number): Delivery {
  return (events) => {
    const names = [...new Set(events.map((event) => event.stream))];
    const waiting = names.map((name) => ({ all: events.filter((event) => event.stream === name), next: 0 }));
    const mixed: RecordedEvent[] = [];
    while (waiting.length > 0) {
      const index = Math.floor(random() * waiting.length);
      const stream = waiting[index]!;
      mixed.push(stream.all[stream.next++]!);
      if (stream.next === stream.all.length) waiting.splice(index, 1);
    }
    return mixed;
  };
}

/** Everything so many times over, as after restarts from an old progress. */
export const delivered =
  (times: number): Delivery =>
  (events) =>
    Array.from({ length: times }, () => events).flat();

/** A feed of given events, whatever their order, in batches of a size; over when all are delivered. */
export function feedOf(events: readonly RecordedEvent[], batchSize = 100): EventFeed {
  const last = BigInt(events.length);
  return {
    deliver: async ({ from, handler, signal }) => {
      for (let start = Number(from.get(0) ?? 0n); start < events.length && !signal.aborted; start += batchSize) {
        const part = events.slice(start, start + batchSize);
        const batch: FeedBatch = {
          partition: 0,
          offset: BigInt(start + part.length),
          events: part.map((event, index) => ({ ...event, offset: BigInt(start + index + 1) })),
        };
        await handler([batch]);
      }
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    },
    head: async () => new Map(events.length === 0 ? [] : [[0, last]]),
    oldestAfter: async (progress) => ((progress.get(0) ?? 0n) < last ? isoTime(NOON) : undefined),
  };
}

/** All rows of a projection's tables, in one order whatever the way they came: two that are equal hold the same. */
export async function canonicalDump(database: ReadDatabase, projection: Projection): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const table of projection.tables) {
    const rows = await database.reading
      .withTables<Record<string, Record<string, unknown>>>()
      .selectFrom(table)
      .selectAll()
      .execute();
    dump[table] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return dump;
}

/** Runs projections over a feed until they have all of it, and gives what `look` finds then. */
export async function afterFeed<T>(
  database: ReadDatabase,
  projections: readonly Projection[],
  feed: EventFeed,
  look: (runner: ProjectionRunner) => Promise<T>,
): Promise<T> {
  const skips = new StoredSkips(new MemoryEventStore(), testSigner());
  const runner = new ProjectionRunner({
    database,
    feed,
    projections: () => projections,
    skips,
    clock: () => NOON,
    pause: async () => undefined,
  });
  await runner.start();
  await runner.whenCaughtUp();
  try {
    return await look(runner);
  } finally {
    await runner.stop();
  }
}

/** given these histories, delivered so, then these rows: each time in a database of its own. */
export async function dumpOf(
  projection: Projection,
  histories: readonly StreamHistory[],
  delivery: Delivery = (events) => events,
  batchSize?: number,
): Promise<Record<string, string[]>> {
  const opened = await openReadDatabase();
  try {
    const feed = feedOf(delivery(recordedAll(histories)), batchSize);
    return await afterFeed(opened.database, [projection], feed, () => canonicalDump(opened.database, projection));
  } finally {
    await opened.dispose();
  }
}

/** What every projection must stand: repeats, another cut of batches and another order across streams. */
export async function expectSameRows(
  projectionOf: () => Projection,
  histories: readonly StreamHistory[],
  random: () => number,
): Promise<void> {
  const expected = await dumpOf(projectionOf(), histories);
  expect(await dumpOf(projectionOf(), histories, delivered(2))).toEqual(expected);
  expect(await dumpOf(projectionOf(), histories, shuffledAcrossStreams(random))).toEqual(expected);
  expect(await dumpOf(projectionOf(), histories, (all) => delivered(10)(shuffledAcrossStreams(random)(all)))).toEqual(
    expected,
  );
  expect(await dumpOf(projectionOf(), histories, undefined, 1 + Math.floor(random() * 7))).toEqual(expected);
}
