import { InProcessFeed } from '../event-feed/in-process-feed.js';
import type { EventFeed } from '../event-feed/event-feed.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';
import {
  onEachReadDatabase,
  openReadDatabase,
  type OpenedReadDatabase,
} from '../read-database/read-database.spec-kit.js';
import { afterFeed, canonicalDump, feedOf, NOON, recordedAll } from './projection.spec-kit.js';
import type { Projection } from './projection.js';
import { ProjectionRunner } from './runner.js';
import type { RunnerTables } from './runner-tables.js';
import { testSigner } from '../event-signing/event-signing.spec-kit.js';
import { StoredSkips } from './skipped-events.js';
import { step, StepProjection, stepsIn } from './step-projection.spec-kit.js';

const LONG = { timeoutMs: 30_000 };

onEachReadDatabase('projection runner', () => {
  let opened: OpenedReadDatabase;
  let store: MemoryEventStore;
  let runners: ProjectionRunner[];
  beforeEach(async () => {
    opened = await openReadDatabase();
    store = new MemoryEventStore();
    runners = [];
  });
  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await opened.dispose();
  });

  async function run(
    projections: readonly Projection[],
    feed: EventFeed = new InProcessFeed(store),
    database: ReadDatabase = opened.database,
  ): Promise<ProjectionRunner> {
    const runner = new ProjectionRunner({
      database,
      feed,
      projections: () => projections,
      skips: new StoredSkips(store, testSigner()),
      clock: () => NOON,
      pause: async () => undefined,
    });
    runners.push(runner);
    await runner.start();
    return runner;
  }

  const walk = (stream: string, ...events: ReturnType<typeof step>[]) => store.append(stream, 'no-stream', events);
  const deadLetters = () =>
    opened.database.reading
      .withTables<RunnerTables>()
      .selectFrom('dead_letter')
      .selectAll()
      .orderBy('revision')
      .execute();

  it('folds what was there and what comes, and only streams of its category', async () => {
    await walk('walk-a', step(), step());
    await walk('ride-a', step());
    const runner = await run([new StepProjection()]);
    await runner.whenCaughtUp();
    await walk('walk-b', step());
    expect(await runner.whenProcessed('steps', { stream: 'walk-b', revision: 0 }, LONG)).toBe(true);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2, 'walk-b': 1 });
  });

  it('answers whoever waits: at once for what is there, false when told to give up or stopped', async () => {
    await walk('walk-a', step());
    const runner = await run([new StepProjection()]);
    await runner.whenCaughtUp();
    expect(await runner.whenProcessed('steps', { stream: 'walk-a', revision: 0 }, LONG)).toBe(true);
    const never = { stream: 'walk-a', revision: 1 };
    expect(await runner.whenProcessed('steps', never, { timeoutMs: 1 })).toBe(false);
    const giveUp = new AbortController();
    const waiting = runner.whenProcessed('steps', never, { ...LONG, signal: giveUp.signal });
    giveUp.abort();
    expect(await waiting).toBe(false);
    const untilStop = runner.whenProcessed('steps', never, LONG);
    await runner.stop();
    expect(await untilStop).toBe(false);
    expect(() => runner.whenProcessed('other', never, LONG)).toThrow('no such projection');
  });

  it('goes on where it was, after a restart', async () => {
    await walk('walk-a', step(), step());
    const first = await run([new StepProjection()]);
    await first.whenCaughtUp();
    await first.stop();
    await store.append('walk-a', 1, [step()]);
    const folded: string[] = [];
    const second = await run([new StepProjection(1, (events) => folded.push(...events.map((e) => e.id)))]);
    await second.whenCaughtUp();
    expect(folded).toHaveLength(1);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 3 });
  });

  it('writes rows and progress together or not at all', async () => {
    await walk('walk-a', step(), step());
    const broken = new StepProjection(1, () => {
      throw new Error('between rows and progress');
    });
    const runner = await run([broken]);
    await runner.whenCaughtUp();
    await runner.stop();
    expect(await stepsIn(opened.database)).toEqual({});
    const whole = await run([new StepProjection()]);
    await whole.whenCaughtUp();
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2 });
  });

  describe('while live', () => {
    const goLive = async (): Promise<ProjectionRunner> => {
      const runner = await run([new StepProjection()]);
      await walk('walk-0', step());
      await runner.whenCaughtUp();
      return runner;
    };

    it('parks the stream of an event that cannot be folded, and goes on with the others', async () => {
      const runner = await goLive();
      await Promise.all([
        walk('walk-a', step(), step({ poison: true }), step()),
        walk('walk-b', step(), step()),
        walk('walk-c', step()),
      ]);
      await runner.whenCaughtUp();
      await store.append('walk-a', 2, [step()]);
      await store.append('walk-b', 1, [step()]);
      await runner.whenCaughtUp();
      expect(await stepsIn(opened.database)).toEqual({ 'walk-0': 1, 'walk-a': 1, 'walk-b': 3, 'walk-c': 1 });
      const letters = await deadLetters();
      expect(letters.map(({ stream, revision, fault }) => [stream, revision, fault])).toEqual([
        ['walk-a', 1, 'TypeError'],
        ['walk-a', 2, 'BehindAnother'],
        ['walk-a', 3, 'BehindAnother'],
      ]);
      expect(await runner.whenProcessed('steps', { stream: 'walk-a', revision: 0 }, LONG)).toBe(true);
      expect(await runner.whenProcessed('steps', { stream: 'walk-a', revision: 1 }, LONG)).toBe(false);
    });

    it('has each event once in every view also where one of those that travel together cannot fold it', async () => {
      class PickyProjection extends StepProjection {
        override readonly name = 'picky';
        override readonly tables = ['picky_steps'];
        override createTables = async (tx: Writing): Promise<void> => {
          await tx.schema.createTable('picky_steps').addColumn('stream', 'text').execute();
        };
        override apply = async (events: readonly RecordedEvent[]): Promise<void> => {
          if (events.some(({ data }) => data.sour)) throw new TypeError('sour');
        };
      }
      const runner = await run([new StepProjection(), new PickyProjection()]);
      await walk('walk-0', step());
      await runner.whenCaughtUp();
      await Promise.all([walk('walk-a', step(), step({ sour: true }), step()), walk('walk-b', step(), step())]);
      await runner.whenCaughtUp();
      expect(await stepsIn(opened.database)).toEqual({ 'walk-0': 1, 'walk-a': 3, 'walk-b': 2 });
      expect((await deadLetters()).map(({ build, stream, revision }) => [build, stream, revision])).toEqual([
        ['picky.1.1', 'walk-a', 1],
        ['picky.1.1', 'walk-a', 2],
      ]);
      expect(await runner.whenProcessed('picky', { stream: 'walk-b', revision: 1 }, LONG)).toBe(true);
      expect(await runner.whenProcessed('picky', { stream: 'walk-a', revision: 2 }, LONG)).toBe(false);
    });

    it('parks a stream at a type or version that it does not know', async () => {
      const runner = await goLive();
      await walk('walk-a', step(), step({}, 'Stepped.v2'), step());
      await runner.whenCaughtUp();
      expect(await stepsIn(opened.database)).toEqual({ 'walk-0': 1, 'walk-a': 1 });
      expect((await deadLetters()).map(({ revision, fault }) => [revision, fault])).toEqual([
        [1, 'UnknownEventType'],
        [2, 'BehindAnother'],
      ]);
    });

    it('says who waits in ages, and nowhere what a person typed', async () => {
      const runner = await goLive();
      await walk('walk-a', step({ poison: true }));
      await runner.whenCaughtUp();
      expect(await runner.status()).toEqual([
        {
          projection: 'steps',
          version: 1,
          build: 'steps.1.1',
          status: 'live',
          serving: true,
          done: 2,
          total: 2,
          behindMs: 0,
          parkedStreams: 1,
          oldestParkedMs: 0,
          fault: undefined,
        },
      ]);
      expect(JSON.stringify(await deadLetters())).not.toContain('jane.doe');
    });
  });

  it('stops a rebuild at what cannot be folded, with the place, and keeps what came before', async () => {
    await walk('walk-a', step());
    await walk('walk-b', step(), step({ poison: true }));
    await walk('walk-c', step());
    const runner = await run([new StepProjection()]);
    await runner.whenCaughtUp();
    const [status] = await runner.status();
    expect(status).toMatchObject({ status: 'building', fault: 'steps: TypeError at walk-b@1', parkedStreams: 0 });
    expect(status?.behindMs).toBeGreaterThan(0);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 1, 'walk-b': 1 });
    expect(await runner.whenProcessed('steps', { stream: 'walk-c', revision: 0 }, LONG)).toBe(false);
  });

  it('takes missing events for a fault and does not fold over them', async () => {
    const [first, , third] = recordedAll([{ stream: 'walk-a', events: [step(), step(), step()] }]);
    const runner = await run([new StepProjection()], feedOf([first!, third!]));
    await runner.whenCaughtUp();
    expect((await runner.status())[0]?.fault).toBe('walk-a: revision 2 came where 1 follows');
    expect(await stepsIn(opened.database)).toEqual({});
  });

  it('makes a new version anew from the start, and keeps the old one', async () => {
    await walk('walk-a', step(), step());
    await (await run([new StepProjection(1)])).whenCaughtUp();
    await runners[0]!.stop();
    const folded: string[] = [];
    const runner = await run([new StepProjection(2, (events) => folded.push(...events.map((e) => e.id)))]);
    await runner.whenCaughtUp();
    expect(folded).toHaveLength(2);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2 });
    const builds = await opened.database.reading
      .withTables<RunnerTables>()
      .selectFrom('projection_build')
      .selectAll()
      .execute();
    expect(builds).toMatchObject([
      { build: 'steps.1.1', status: 'retired', serving: 0 },
      { build: 'steps.2.1', status: 'live', serving: 1 },
    ]);
  });

  it('rebuilds to the rows that it had live', async () => {
    const runner = await run([new StepProjection()]);
    for (let n = 0; n < 30; n++) await walk(`walk-${n % 10}-${n}`, step(), step());
    await runner.whenCaughtUp();
    const live = await canonicalDump(opened.database, new StepProjection());
    const again = await openReadDatabase();
    const rebuilt = await afterFeed(again.database, [new StepProjection()], new InProcessFeed(store), () =>
      canonicalDump(again.database, new StepProjection()),
    );
    await again.dispose();
    expect(rebuilt).toEqual(live);
  });

  it('tries again when the feed breaks off', async () => {
    await walk('walk-a', step(), step());
    let failures = 3;
    const source = new InProcessFeed(store);
    const shaky: EventFeed = {
      head: () => source.head(),
      oldestAfter: (progress) => source.oldestAfter(progress),
      deliver: async (options) => {
        if (failures-- > 0) throw new Error('away');
        await source.deliver(options);
      },
    };
    const runner = await run([new StepProjection()], shaky);
    await runner.whenCaughtUp();
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2 });
    expect((await runner.status())[0]).toMatchObject({ status: 'live', fault: undefined, parkedStreams: 0 });
  });

  it('tries again when the database is full for a while, and parks nothing for it', async () => {
    const full = new Error('full');
    let refusing = 0;
    const { database } = opened;
    const filling: ReadDatabase = {
      reading: database.reading,
      transaction: (work) => (refusing-- > 0 ? Promise.reject(full) : database.transaction(work)),
      alone: (work) => database.alone(work),
      snapshot: (look) => database.snapshot(look),
      filled: (tables) => database.filled(tables),
      isUnavailable: (error) => error === full,
      close: () => database.close(),
    };
    const runner = await run([new StepProjection()], undefined, filling);
    await walk('walk-a', step());
    await runner.whenCaughtUp();
    refusing = 3;
    await walk('walk-b', step(), step());
    await runner.whenCaughtUp();
    expect(await stepsIn(database)).toEqual({ 'walk-a': 1, 'walk-b': 2 });
    expect((await runner.status())[0]).toMatchObject({ fault: undefined, parkedStreams: 0 });
  });

  it('lets a view that begins anew catch up apart, without holding up the others', async () => {
    class OtherProjection extends StepProjection {
      override readonly name = 'other';
      override readonly tables = ['other_steps'];
      override createTables = async (tx: Writing): Promise<void> => {
        await tx.schema.createTable('other_steps').addColumn('stream', 'text').execute();
      };
      override apply = async (): Promise<void> => undefined;
    }
    await walk('walk-a', step());
    const first = await run([new StepProjection()]);
    await first.whenCaughtUp();
    await first.stop();
    const source = new InProcessFeed(store);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slowFromTheStart: EventFeed = {
      head: () => source.head(),
      oldestAfter: (progress) => source.oldestAfter(progress),
      deliver: async (options) => {
        if (options.from.size === 0) await released;
        await source.deliver(options);
      },
    };
    const runner = await run([new StepProjection(), new OtherProjection()], slowFromTheStart);
    await walk('walk-b', step());
    expect(await runner.whenProcessed('steps', { stream: 'walk-b', revision: 0 }, LONG)).toBe(true);
    const statuses = async () => (await runner.status()).map(({ projection, status }) => [projection, status]);
    expect(await statuses()).toEqual([
      ['steps', 'live'],
      ['other', 'building'],
    ]);
    release();
    await runner.whenCaughtUp();
    expect(await statuses()).toEqual([
      ['steps', 'live'],
      ['other', 'live'],
    ]);
  });
});
