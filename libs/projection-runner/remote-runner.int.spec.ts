import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { InProcessFeed } from '../event-feed/in-process-feed.js';
import { CommitSignal } from '../event-store/commit-signal.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { testSigner } from '../event-signing/event-signing.spec-kit.js';
import { openSqlite } from '../read-database/read-database.spec-kit.js';
import { NOON } from './projection.spec-kit.js';
import { RemoteRunner } from './remote-runner.js';
import { ProjectionRunner } from './runner.js';
import { serveRunner } from './serve-runner.js';
import { StoredSkips } from './skipped-events.js';
import { step, StepProjection, stepsIn } from './step-projection.spec-kit.js';

const LONG = { timeoutMs: 30_000 };
const DECISION = { id: '0197a000-0000-7000-8000-000000000001', by: 'ada', at: '2026-06-01T12:00:00.000Z' };

describe('remote runner', () => {
  let opened: Awaited<ReturnType<typeof openSqlite>>;
  let store: MemoryEventStore;
  let commits: CommitSignal;
  let port: MessagePort;
  let runner: RemoteRunner;
  let closed: boolean;
  beforeEach(async () => {
    opened = await openSqlite();
    store = new MemoryEventStore();
    commits = new CommitSignal();
    closed = false;
    const channel = new MessageChannel();
    port = channel.port2;
    serveRunner(port, (skips) => ({
      runner: new ProjectionRunner({
        database: opened.database,
        feed: new InProcessFeed(store),
        projections: () => [new StepProjection()],
        skips,
        clock: () => NOON,
        pause: async () => undefined,
      }),
      committed: () => undefined,
      close: async () => void (closed = true),
    }));
    const committed = (signal: AbortSignal) => commits.next(signal);
    runner = new RemoteRunner({ port: channel.port1, skips: new StoredSkips(store, testSigner()), committed });
  });
  afterEach(async () => {
    await runner.stop();
    port.close();
    await opened.dispose();
  });

  const walk = (...events: ReturnType<typeof step>[]) => store.append('walk-a', 'no-stream', events);

  it('answers whoever waits, catches up and tells how the views stand', async () => {
    await walk(step());
    await runner.start();
    await runner.whenCaughtUp();
    expect(await runner.whenProcessed('steps', { stream: 'walk-a', revision: 0 }, LONG)).toBe(true);
    const later = runner.whenProcessed('steps', { stream: 'walk-a', revision: 1 }, LONG);
    await store.append('walk-a', 0, [step()]);
    expect(await later).toBe(true);
    expect(await runner.status()).toMatchObject([{ projection: 'steps', status: 'live', serving: true, done: 2 }]);
    const giveUp = new AbortController();
    const never = runner.whenProcessed('steps', { stream: 'walk-a', revision: 9 }, { ...LONG, signal: giveUp.signal });
    giveUp.abort();
    expect(await never).toBe(false);
  });

  it('lets operators do all there is to do, and asks its own end what they decided', async () => {
    await walk(step(), step({ poison: true }), step());
    await runner.start();
    // What was there is a build's, which stops at what it cannot fold.
    await runner.whenCaughtUp();
    const place = { stream: 'walk-a', revision: 1 };
    expect(await runner.builds.status('other')).toMatchObject({ ok: false, reason: 'not-found' });
    expect(await runner.deadLetters.release('steps', place, DECISION)).toMatchObject({
      ok: true,
      value: [{ resumed: true }],
    });
    const skipped = await store.readStream('projection-steps');
    expect(skipped).toMatchObject([{ id: DECISION.id, data: place, metadata: { actor: { id: 'ada' } } }]);
    await runner.whenCaughtUp();
    expect(await stepsIn(opened.database)).toEqual({ 'walk-a': 2 });

    expect(await runner.builds.rebuild('steps', true)).toMatchObject({ ok: true, value: { build: 'steps.1.2' } });
    await runner.whenCaughtUp();
    expect(await runner.builds.compare('steps')).toMatchObject({ ok: true, value: { other: 'steps.1.2' } });
    expect(await runner.builds.promote('steps', 'steps.1.2')).toMatchObject({ ok: true, value: { serving: true } });
    expect(await runner.builds.drop('steps', 'steps.1.1')).toEqual({ ok: true, value: { dropped: 'steps.1.1' } });
    expect(await runner.builds.list()).toMatchObject([{ build: 'steps.1.2', serving: true }]);
    expect(await runner.deadLetters.list()).toEqual([]);
    expect(await runner.deadLetters.show('steps', 'walk-a')).toMatchObject({ ok: false });
    expect(await runner.deadLetters.retry('steps', 'walk-a')).toMatchObject({ ok: false });
  });

  it('gives faults as what they are, and goes on', async () => {
    await runner.start();
    const place = { stream: 'walk-a', revision: 0 };
    await expect(runner.whenProcessed('other', place, LONG)).rejects.toMatchObject({
      name: 'RangeError',
      message: 'no such projection',
    });
    expect(await runner.builds.list()).toHaveLength(1);
  });

  it('answers nobody but says why, once the thread has ended', async () => {
    await runner.start();
    const place = { stream: 'walk-a', revision: 0 };
    const waiting = runner.whenProcessed('steps', place, LONG);
    port.close();
    expect(await waiting).toBe(false);
    expect(await runner.whenProcessed('steps', place, LONG)).toBe(false);
    expect(await runner.status()).toMatchObject([{ fault: 'the thread of the views has ended' }]);
    await expect(runner.builds.list()).rejects.toMatchObject({ name: 'ThreadEnded' });
  });

  it('ends the other end, and what that stood on', async () => {
    await runner.start();
    const waiting = runner.whenProcessed('steps', { stream: 'walk-a', revision: 0 }, LONG);
    await runner.stop();
    expect(await waiting).toBe(false);
    expect(closed).toBe(true);
  });

  it('passes on each commit', async () => {
    const channel = new MessageChannel();
    let told = 0;
    const heard = new Promise<void>((resolve) => {
      channel.port2.on('message', ({ call }: { call: { name: string } }) => {
        if (call.name === 'committed' && (told += 1) === 2) resolve();
        else commits.committed();
      });
    });
    const passing = new RemoteRunner({
      port: channel.port1,
      skips: new StoredSkips(store, testSigner()),
      committed: (signal) => commits.next(signal),
    });
    passing.start().catch(() => undefined);
    commits.committed();
    await heard;
    channel.port2.close();
  });
});
