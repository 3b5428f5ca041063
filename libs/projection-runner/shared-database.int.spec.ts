import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, UNSYNCED } from '../../tools/postgres/start-postgres.mjs';
import { InProcessFeed } from '../event-feed/in-process-feed.js';
import type { NewEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { onPostgres } from '../postgres/postgres.spec-kit.js';
import { PostgresReadDatabase } from '../read-database/postgres-read-database.js';
import { openPostgres } from '../read-database/read-database.spec-kit.js';
import { moveProgress, readProgress } from './builds.js';
import { Overtaken, type Projection } from './projection.js';
import { NOON } from './projection.spec-kit.js';
import { ProjectionRunner } from './runner.js';
import { testSigner } from '../event-signing/event-signing.spec-kit.js';
import { StoredSkips } from './skipped-events.js';
import { step, stepsIn, StepProjection } from './step-projection.spec-kit.js';

const LONG = { timeoutMs: 30_000 };

/** Instances of one program, or of several versions of it, over one PostgreSQL: as processes are, but for the walls. */
describe('several instances on one read database', () => {
  let opened: Awaited<ReturnType<typeof openPostgres>>;
  let store: MemoryEventStore;
  const instances: { runner: ProjectionRunner; database: PostgresReadDatabase }[] = [];
  beforeEach(async () => {
    opened = await openPostgres();
    store = new MemoryEventStore();
  });
  afterEach(async () => {
    for (const { runner, database } of instances.splice(0)) {
      await runner.stop();
      await database.close();
    }
    await opened.dispose();
  });

  async function start(projection: () => Projection = () => new StepProjection()): Promise<ProjectionRunner> {
    const { url, schema } = opened;
    const database = await PostgresReadDatabase.open({ url, schema });
    const runner = new ProjectionRunner({
      database,
      feed: new InProcessFeed(store),
      projections: () => [projection()],
      skips: new StoredSkips(store, testSigner()),
      clock: () => NOON,
      batchSize: { live: 7, building: 7 },
      followMs: 20,
      pause: () => new Promise((resolve) => setTimeout(resolve, 10)),
    });
    instances.push({ runner, database });
    await runner.start();
    return runner;
  }
  const walk = async (stream: string, ...events: NewEvent[]): Promise<void> => {
    const head = (await store.readStream(stream, { direction: 'backward', limit: 1 }))[0]?.revision;
    await store.append(stream, head ?? 'no-stream', events);
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const inDatabase = (statement: string) =>
    onPostgres(opened.url, async (client) => {
      await client.query(`set search_path = ${opened.schema}`);
      return client.query(statement);
    });

  it('move a partition only from where it is: who was overtaken does nothing', async () => {
    await (await start()).whenCaughtUp();
    const { database } = opened;
    const move = (from: bigint | undefined, to: bigint | undefined) =>
      database.transaction((tx) => moveProgress(tx, 'steps.1.1', [{ partition: 3, from, to }]));
    await move(undefined, undefined);
    expect((await readProgress(database.reading, 'steps.1.1')).has(3)).toBe(false);
    await move(undefined, 5n);
    await expect(move(undefined, 9n)).rejects.toBeInstanceOf(Overtaken);
    await expect(move(4n, 9n)).rejects.toBeInstanceOf(Overtaken);
    await move(5n, 5n);
    const racing = await Promise.allSettled([move(5n, 6n), move(5n, 7n), move(5n, 8n)]);
    expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('move several partitions together, or none of them', async () => {
    await (await start()).whenCaughtUp();
    const { database } = opened;
    const move = (...moves: [partition: number, from: bigint | undefined, to: bigint][]) =>
      database.transaction((tx) =>
        moveProgress(
          tx,
          'steps.1.1',
          moves.map(([partition, from, to]) => ({ partition, from, to })),
        ),
      );
    const reached = async () => {
      const progress = await readProgress(database.reading, 'steps.1.1');
      return [3, 4, 5].map((partition) => progress.get(partition));
    };
    await move([3, undefined, 1n], [4, undefined, 1n]);
    await move([3, 1n, 2n], [5, undefined, 9n], [4, 1n, 3n]);
    expect(await reached()).toEqual([2n, 3n, 9n]);
    await expect(move([3, 2n, 8n], [4, 1n, 8n])).rejects.toBeInstanceOf(Overtaken);
    await expect(move([3, 2n, 8n], [5, undefined, 8n])).rejects.toBeInstanceOf(Overtaken);
    expect(await reached()).toEqual([2n, 3n, 9n]);
  });

  it('fold each event once, though all of them work at all', async () => {
    const runners = await Promise.all([start(), start(), start()]);
    const expected: Record<string, number> = {};
    for (let round = 0; round < 40; round += 1) {
      const stream = `walk-${round % 6}`;
      await walk(stream, step(), step(), step());
      expected[stream] = (expected[stream] ?? 0) + 3;
    }
    await Promise.all(runners.map((runner) => runner.whenCaughtUp()));
    expect(await stepsIn(opened.database)).toEqual(expected);
    for (const runner of runners)
      expect((await runner.status())[0]).toMatchObject({ status: 'live', parkedStreams: 0 });
  });

  it('tell whoever waits what another did', async () => {
    const [one, two] = [await start(), await start()];
    await Promise.all([one.whenCaughtUp(), two.whenCaughtUp()]);
    await one.stop();
    const waiting = one.whenProcessed('steps', { stream: 'walk-a', revision: 1 }, LONG);
    await walk('walk-a', step(), step());
    expect(await waiting).toBe(true);
    expect(await two.whenProcessed('steps', { stream: 'walk-a', revision: 1 }, LONG)).toBe(true);
  });

  it('build beside and promote together, and drop it everywhere', async () => {
    await walk('walk-a', ...Array.from({ length: 30 }, () => step()));
    const [one, two] = [await start(), await start()];
    await Promise.all([one.whenCaughtUp(), two.whenCaughtUp()]);
    const built = await one.builds.rebuild('steps', true);
    expect(built.ok).toBe(true);
    const isServing = async (runner: ProjectionRunner, build: string) =>
      (await runner.status()).some((view) => view.build === build && view.serving);
    await until(async () =>
      (await two.builds.list()).some((view) => view.build === 'steps.1.2' && view.status === 'live'),
    );
    expect(await two.builds.promote('steps', 'steps.1.2')).toMatchObject({ ok: true });
    await until(async () => (await isServing(one, 'steps.1.2')) && (await isServing(two, 'steps.1.2')));
    expect(await one.builds.drop('steps', 'steps.1.1')).toMatchObject({ ok: true });
    await walk('walk-a', step());
    await Promise.all([one.whenCaughtUp(), two.whenCaughtUp()]);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 31 });
  });

  it('of two versions: the newer takes over when it has caught up, and the older, started again, does not take it back', async () => {
    await walk('walk-a', step(), step());
    const old = await start();
    await old.whenCaughtUp();
    const young = await start(() => new StepProjection(2));
    await until(async () => (await young.status()).some(({ version, serving }) => version === 2 && serving));
    await until(async () => (await old.status()).length === 0);
    const again = await start();
    await walk('walk-a', step());
    await young.whenCaughtUp();
    expect(await again.status()).toEqual([]);
    expect(await again.whenProcessed('steps', { stream: 'walk-a', revision: 2 }, LONG)).toBe(false);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 3 });
  });

  it('go on past an event that an operator of either passes over', async () => {
    await walk('walk-a', step(), step({ poison: true }), step());
    const [one, two] = [await start(), await start()];
    await until(async () => (await one.builds.list()).some(({ fault }) => fault?.includes('walk-a@1') === true));
    const place = { stream: 'walk-a', revision: 1 };
    const decision = { id: randomUUID(), by: 'root', at: '2026-06-01T12:00:00.000Z' };
    const released = await Promise.all([one, two].map((each) => each.deadLetters.release('steps', place, decision)));
    expect(released.some(({ ok }) => ok)).toBe(true);
    await until(async () => (await stepsIn(opened.database))['walk-a'] === 2);
    await walk('walk-b', step());
    await Promise.all([one.whenCaughtUp(), two.whenCaughtUp()]);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2, 'walk-b': 1 });
  });

  it('retry a parked stream while another appends to it, in its order', async () => {
    let poisonous = true;
    class Healing extends StepProjection {
      override async apply(...given: Parameters<StepProjection['apply']>): Promise<void> {
        if (poisonous && given[0].some(({ data }) => data.ill)) throw new TypeError('cannot fold it yet');
        await super.apply(...given);
      }
    }
    const [one, two] = [await start(() => new Healing()), await start(() => new Healing())];
    await Promise.all([one.whenCaughtUp(), two.whenCaughtUp()]);
    await walk('walk-a', step({ ill: true }));
    await until(async () => (await one.status())[0]?.parkedStreams === 1);
    poisonous = false;
    const appending = (async () => {
      for (let n = 0; n < 30; n += 1) await walk('walk-a', step());
    })();
    await until(async () => {
      await Promise.all([one, two].map((each) => each.deadLetters.retry('steps', 'walk-a')));
      return (await one.status())[0]?.parkedStreams === 0;
    });
    await appending;
    await Promise.all([one.whenCaughtUp(), two.whenCaughtUp()]);
    await Promise.all([one, two].map((each) => each.deadLetters.retry('steps', 'walk-a')));
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 31 });
  });

  it('park nothing while the disk is full, say so, and go on when there is room', async () => {
    const one = await start();
    await walk('walk-a', step());
    await one.whenCaughtUp();
    await inDatabase(`create function full_disk() returns trigger language plpgsql as
      $$ begin raise exception 'no room for jane' using errcode = 'disk_full'; end $$`);
    await inDatabase('create trigger full_disk before insert or update on steps__1_1 execute function full_disk()');
    await walk('walk-a', step());
    await until(async () => (await one.status())[0]?.fault === 'ReadDatabaseUnavailable');
    expect((await one.status())[0]).toMatchObject({ parkedStreams: 0 });
    await inDatabase('drop trigger full_disk on steps__1_1');
    await one.whenCaughtUp();
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2 });
  });

  it('begin from zero when the database was lost, as if nothing had been', async () => {
    await walk('walk-a', step(), step());
    const one = await start();
    await one.whenCaughtUp();
    await one.stop();
    await inDatabase(`drop schema ${opened.schema} cascade`);
    const again = await start();
    await again.whenCaughtUp();
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2 });
  });
});

it('a view goes on by itself when its PostgreSQL was away', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'baton-away-'));
  const server = await startPostgres(directory, UNSYNCED);
  const store = new MemoryEventStore();
  const database = await PostgresReadDatabase.open({ url: server.url });
  const runner = new ProjectionRunner({
    database,
    feed: new InProcessFeed(store),
    projections: () => [new StepProjection()],
    skips: new StoredSkips(store, testSigner()),
    clock: () => NOON,
    pause: () => new Promise((resolve) => setTimeout(resolve, 20)),
  });
  await runner.start();
  await store.append('walk-a', 'no-stream', [step()]);
  await runner.whenCaughtUp();
  await server.stop();
  await store.append('walk-b', 'no-stream', [step(), step()]);
  await expect(stepsIn(database)).rejects.toThrow(/the read database answers/);
  await server.start();
  await runner.whenCaughtUp();
  expect(await stepsIn(database)).toEqual({ 'walk-a': 1, 'walk-b': 2 });
  await runner.stop();
  await database.close();
  await server.stop();
  await rm(directory, { recursive: true });
});
