import { InProcessFeed } from '../event-feed/in-process-feed.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import {
  onEachReadDatabase,
  openReadDatabase,
  type OpenedReadDatabase,
} from '../read-database/read-database.spec-kit.js';
import { canonicalDump, NOON } from './projection.spec-kit.js';
import { ProjectionRunner } from './runner.js';
import { testSigner } from '../event-signing/event-signing.spec-kit.js';
import { StoredSkips } from './skipped-events.js';
import { step, StepProjection, stepsIn } from './step-projection.spec-kit.js';

const BY_ROOT = { id: '00000000-0000-4000-8000-000000000001', by: 'root', at: '2026-06-01T12:00:00.000Z' };

onEachReadDatabase('builds of a projection', () => {
  let opened: OpenedReadDatabase;
  let store: MemoryEventStore;
  let runners: ProjectionRunner[];
  let mended: boolean;
  beforeEach(async () => {
    opened = await openReadDatabase();
    store = new MemoryEventStore();
    runners = [];
    mended = false;
  });
  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await opened.dispose();
  });

  /** Cannot fold what is marked as broken until it is mended. */
  class MendedLater extends StepProjection {
    override apply: StepProjection['apply'] = async (events, tx) => {
      if (!mended && events.some(({ data }) => data['broken'])) throw new TypeError('broken');
      await StepProjection.prototype.apply.call(this, events, tx);
    };
  }

  async function run(version = 1, database = opened.database): Promise<ProjectionRunner> {
    const runner = new ProjectionRunner({
      database,
      feed: new InProcessFeed(store),
      projections: () => [new MendedLater(version)],
      skips: new StoredSkips(store, testSigner()),
      clock: () => NOON,
      pause: async () => undefined,
    });
    runners.push(runner);
    await runner.start();
    await runner.whenCaughtUp();
    return runner;
  }

  const walk = (stream: string, ...events: ReturnType<typeof step>[]) => store.append(stream, 'no-stream', events);
  const standing = async (runner: ProjectionRunner) =>
    (await runner.builds.list()).map(({ build, status, serving }) => [build, status, serving]);

  it('rebuilds beside what serves, and takes over with the same rows', async () => {
    await walk('walk-a', step(), step());
    const runner = await run();
    const before = await canonicalDump(opened.database, new StepProjection());
    expect(await runner.builds.rebuild('steps', false)).toMatchObject({ ok: true });
    await runner.whenCaughtUp();
    expect(await standing(runner)).toEqual([
      ['steps.1.1', 'retired', false],
      ['steps.1.2', 'live', true],
    ]);
    expect(await canonicalDump(opened.database, new StepProjection())).toEqual(before);
    await walk('walk-b', step());
    await runner.whenCaughtUp();
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2, 'walk-b': 1 });
  });

  it('keeps a held build up to date, compares it, and promotes and drops by command', async () => {
    await walk('walk-a', step(), step());
    const runner = await run();
    await runner.builds.rebuild('steps', true);
    await walk('walk-b', step());
    await runner.whenCaughtUp();
    expect(await runner.builds.compare('steps')).toEqual({
      ok: true,
      value: {
        serving: 'steps.1.1',
        other: 'steps.1.2',
        tables: [{ table: 'steps', rows: 2, otherRows: 2, onlyHere: 0, onlyThere: 0, columns: [] }],
      },
    });
    expect(await runner.builds.drop('steps', 'steps.1.1')).toMatchObject({ ok: false, reason: 'conflict' });
    await runner.builds.promote('steps', 'steps.1.2');
    await runner.whenCaughtUp();
    expect(await runner.builds.drop('steps', 'steps.1.1')).toMatchObject({ ok: true });
    expect(await standing(runner)).toEqual([['steps.1.2', 'live', true]]);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2, 'walk-b': 1 });
  });

  it('brings a build that served before up to date, before it serves again', async () => {
    const runner = await run();
    await runner.builds.rebuild('steps', false);
    await walk('walk-a', step());
    await runner.whenCaughtUp();
    await runner.builds.promote('steps', 'steps.1.1');
    await runner.whenCaughtUp();
    expect((await standing(runner))[0]).toEqual(['steps.1.1', 'live', true]);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 1 });
  });

  it('goes on with a parked stream in its order once it is mended', async () => {
    const runner = await run();
    await walk('walk-a', step(), step({ broken: true }), step());
    await runner.whenCaughtUp();
    expect(await runner.deadLetters.list()).toMatchObject([{ stream: 'walk-a', revision: 1, events: 2 }]);
    expect(await runner.deadLetters.retry('steps', 'walk-a')).toMatchObject({
      value: [{ folded: 0, stoppedAt: { revision: 1, fault: 'TypeError' } }],
    });
    mended = true;
    expect(await runner.deadLetters.retry('steps', 'walk-a')).toMatchObject({ value: [{ folded: 2 }] });
    await store.append('walk-a', 2, [step()]);
    await runner.whenCaughtUp();
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 4 });
    expect(await runner.deadLetters.list()).toEqual([]);
  });

  it('passes over what was released, in a rebuild from nothing as well', async () => {
    const runner = await run();
    await walk('walk-a', step(), step({ broken: true }), step());
    await runner.whenCaughtUp();
    const { deadLetters } = runner;
    expect(await deadLetters.release('steps', { stream: 'walk-a', revision: 2 }, BY_ROOT)).toMatchObject({ ok: false });
    await deadLetters.release('steps', { stream: 'walk-a', revision: 1 }, BY_ROOT);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2 });
    const lost = await openReadDatabase();
    const again = await run(1, lost.database);
    expect(await stepsIn(lost.database)).toEqual({ 'walk-a': 2 });
    expect((await again.status())[0]).toMatchObject({ status: 'live', fault: undefined });
    await again.stop();
    await lost.dispose();
  });

  it('sets a stopped rebuild going where its poison is released, while the old one serves', async () => {
    await walk('walk-a', step());
    const runner = await run();
    await walk('walk-b', step({ broken: true }), step());
    await walk('walk-c', step());
    await runner.whenCaughtUp();
    await runner.builds.rebuild('steps', false);
    await runner.whenCaughtUp();
    expect((await standing(runner))[0]).toEqual(['steps.1.1', 'live', true]);
    await runner.deadLetters.release('steps', { stream: 'walk-b', revision: 0 }, BY_ROOT);
    await runner.whenCaughtUp();
    expect((await standing(runner))[1]).toEqual(['steps.1.2', 'live', true]);
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 1, 'walk-b': 1, 'walk-c': 1 });
  });
});
