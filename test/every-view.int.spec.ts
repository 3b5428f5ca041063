import { InProcessFeed } from '../libs/event-feed/in-process-feed.js';
import type { NewEvent } from '../libs/event-store/event-store.js';
import { MemoryEventStore } from '../libs/event-store/memory-event-store.js';
import { referenceProjections } from '../libs/lead-commands/reference-streams.js';
import type { Projection } from '../libs/projection-runner/projection.js';
import {
  canonicalDump,
  dumpOf,
  expectSameRows,
  NOON,
  recordedAll,
  shuffledAcrossStreams,
  type StreamHistory,
} from '../libs/projection-runner/projection.spec-kit.js';
import { ProjectionRunner } from '../libs/projection-runner/runner.js';
import { testSigner } from '../libs/event-signing/event-signing.spec-kit.js';
import { StoredSkips } from '../libs/projection-runner/skipped-events.js';
import type { ViewStatus } from '../libs/projection-runner/view.js';
import type { ReadDatabase } from '../libs/read-database/read-database.js';
import { openReadDatabase } from '../libs/read-database/read-database.spec-kit.js';
import { decidedLeads } from '../libs/team-views/decided-history.spec-kit.js';
import { FunnelProjection } from '../libs/team-views/funnel-projection.js';
import { LeadCardProjection } from '../libs/team-views/lead-card-projection.js';
import { seeded, uuidOf } from '../libs/team-views/lead-history.spec-kit.js';
import { OutcomeProjection } from '../libs/team-views/outcome-projection.js';
import { until } from './until.spec-kit.js';

/** Cards with owners, tallies for merging and routing, and worked cycles; funnel; outcomes; names of reference streams. */
const EVERY_VIEW = (): readonly Projection[] => [
  new LeadCardProjection(),
  new FunnelProjection(),
  new OutcomeProjection(),
  ...referenceProjections(),
];
const named = (name: string) => EVERY_VIEW().find((view) => view.name === name)!;
const NAMES = EVERY_VIEW().map(({ name }) => name);

const referenceHistory = (stream: string): StreamHistory => ({
  stream,
  events: Array.from({ length: 3 }, (_, n): NewEvent => {
    const metadata = { recordedAt: '2026-01-01T00:00:00.000Z' };
    return { id: uuidOf(`${stream} ${n}`), type: 'Something.v1', data: {}, metadata };
  }),
});
const REFERENCES = ['team-a', 'team-b', 'policy-default', 'agreement-default'].map(referenceHistory);
const historiesOf = (seed: number, leads: number): readonly StreamHistory[] => [
  ...REFERENCES,
  ...decidedLeads(seed, leads, 40),
];

/** The next version of a view, as a change of rows or rules makes it. */
function nextVersion(view: Projection): Projection {
  return Object.defineProperty(view, 'version', { value: view.version + 1 });
}

const runnerOn = (database: ReadDatabase, store: MemoryEventStore, projections: () => readonly Projection[]) =>
  new ProjectionRunner({
    database,
    feed: new InProcessFeed(store),
    projections,
    skips: new StoredSkips(store, testSigner()),
    clock: () => NOON,
    pause: async () => undefined,
  });

describe('every view', () => {
  it.each(NAMES)('%s has the same rows after repeats, ten deliveries, other batches and other orders', async (name) => {
    const { category } = named(name);
    const histories = historiesOf(NAMES.indexOf(name), 12).filter(({ stream }) => stream.startsWith(`${category}-`));
    await expectSameRows(() => named(name), histories, seeded(7));
  });

  it('is the same live, built anew beside while events come, promoted, and in its next version', async () => {
    const opened = await openReadDatabase();
    const { database } = opened;
    const store = new MemoryEventStore();
    const histories = historiesOf(99, 40);
    const events = shuffledAcrossStreams(seeded(3))(recordedAll(histories));
    const append = async (from: number, to: number) => {
      for (const { stream, revision, id, type, data, metadata } of events.slice(from, to)) {
        const result = await store.append(stream, revision === 0 ? 'no-stream' : revision - 1, [
          { id, type, data, metadata },
        ]);
        expect(result.ok).toBe(true);
      }
    };
    const [third, half] = [Math.floor(events.length / 3), Math.floor(events.length / 2)];
    const expectFromZero = async () => {
      for (const view of EVERY_VIEW()) {
        const own = histories.filter(({ stream }) => stream.startsWith(`${view.category}-`));
        expect(await canonicalDump(database, view)).toEqual(await dumpOf(view, own));
      }
    };
    const runner = runnerOn(database, store, EVERY_VIEW);
    try {
      await append(0, third);
      await runner.start();
      await runner.whenCaughtUp();
      const writing = append(third, half);
      for (const name of NAMES) expect(await runner.builds.rebuild(name, true)).toMatchObject({ ok: true });
      await writing;
      await runner.whenCaughtUp();
      for (const name of NAMES) {
        const compared = await runner.builds.compare(name);
        if (!compared.ok) throw new Error(name);
        for (const table of compared.value.tables)
          expect(table).toMatchObject({ onlyHere: 0, onlyThere: 0, columns: [] });
        const { other } = compared.value;
        expect(await runner.builds.promote(name, other)).toMatchObject({ ok: true });
      }
      await append(half, events.length);
      await runner.whenCaughtUp();
      const serves = ({ serving, build }: ViewStatus) => !serving || build.endsWith('.2');
      await until(
        () => runner.status(),
        (all) => all.every(serves),
        'the promotions',
      );
      await expectFromZero();
    } finally {
      await runner.stop();
    }
    const next = runnerOn(database, store, () => EVERY_VIEW().map(nextVersion));
    try {
      await next.start();
      await next.whenCaughtUp();
      const versionsOf = (all: readonly ViewStatus[]) => all.filter(({ serving }) => serving);
      const isNext = ({ projection, version }: ViewStatus) => version === named(projection).version + 1;
      const serving = versionsOf(
        await until(
          () => next.status(),
          (all) => versionsOf(all).every(isNext),
          'the next versions',
        ),
      );
      expect(serving.map(({ projection }) => projection).sort()).toEqual([...NAMES].sort());
      await expectFromZero();
    } finally {
      await next.stop();
      await opened.dispose();
    }
  });
});
