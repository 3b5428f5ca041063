import { integer as whole, record } from '../shape/shape.js';
import type { EventForm, RetiredForm } from '../contracts/event-form.js';
import { EventVersions } from '../contracts/event-versions.js';
import { InProcessFeed } from '../event-feed/in-process-feed.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';
import { openReadDatabase, type OpenedReadDatabase } from '../read-database/read-database.spec-kit.js';
import { RowWriter } from '../read-database/row-writer.js';
import { createTable, integer, text, type RowOf } from '../read-database/table-shape.js';
import { NOON } from './projection.spec-kit.js';
import type { Projection } from './projection.js';
import { ProjectionRunner } from './runner.js';
import { testSigner } from '../event-signing/event-signing.spec-kit.js';
import { StoredSkips } from './skipped-events.js';
import { step } from './step-projection.spec-kit.js';

const WAY = { stream: text, steps: integer };
type WayRow = RowOf<typeof WAY>;

/** `Walked.v1` counted metres, `Walked.v2` steps: half a metre each. */
const today: EventForm = {
  name: 'Walked',
  version: 2,
  category: 'lead',
  data: record({ steps: whole(0, 1000) }),
  metadata: 'event-metadata',
};
const before: RetiredForm = {
  ...today,
  version: 1,
  data: record({ metres: whole(0, 500) }),
  up: ({ metres, ...data }) => ({ ...data, steps: Number(metres) * 2 }),
};
const newProgram = new EventVersions([today], [before]);
const oldProgram = new EventVersions([{ ...today, version: 1, data: before.data }], []);

/** Sums up what was walked, in steps of today; a program that has only metres counts two for each. */
class WayProjection implements Projection {
  readonly name = 'way';
  readonly version = 1;
  readonly category = 'walk';
  readonly tables = ['way'];
  private readonly writer = new RowWriter<WayRow>({
    table: 'way',
    columns: ['stream', 'steps'],
    key: ['stream'],
    onConflict: { steps: 'add' },
  });

  constructor(private readonly versions: EventVersions) {}

  createTables(tx: Writing): Promise<void> {
    return createTable(tx, 'way', WAY, ['stream']);
  }

  handles(type: string): boolean {
    return this.versions.knows(type);
  }

  async apply(events: readonly RecordedEvent[], tx: Writing): Promise<void> {
    const ways = new Map<string, number>();
    for (const event of events) {
      const { data } = this.versions.read(event) ?? {};
      const steps = Number(data?.steps ?? Number(data?.metres) * 2);
      ways.set(event.stream, (ways.get(event.stream) ?? 0) + steps);
    }
    await this.writer.write(
      tx,
      [...ways].map(([stream, steps]) => ({ stream, steps })),
    );
  }
}

const waysIn = async (database: ReadDatabase) => {
  const { reading } = database;
  const rows = await reading.withTables<{ way: WayRow }>().selectFrom('way').selectAll().orderBy('stream').execute();
  return Object.fromEntries(rows.map(({ stream, steps }) => [stream, steps]));
};

const metres = (count: number) => step({ metres: count }, 'Walked.v1');
const steps = (count: number) => step({ steps: count }, 'Walked.v2');

describe('A log with events of old versions', () => {
  let store: MemoryEventStore;
  let opened: OpenedReadDatabase;
  beforeEach(async () => {
    store = new MemoryEventStore();
    opened = await openReadDatabase();
  });
  afterEach(() => opened.dispose());

  async function withRunner<T>(
    versions: EventVersions,
    work: (runner: ProjectionRunner, database: ReadDatabase) => Promise<T>,
    { database } = opened,
  ): Promise<T> {
    const runner = new ProjectionRunner({
      database,
      feed: new InProcessFeed(store),
      projections: () => [new WayProjection(versions)],
      skips: new StoredSkips(store, testSigner()),
      clock: () => NOON,
      pause: async () => undefined,
    });
    await runner.start();
    await runner.whenCaughtUp();
    try {
      return await work(runner, database);
    } finally {
      await runner.stop();
    }
  }

  it('is folded as if all of it had been written today, and a rebuild gives the same rows', async () => {
    await store.append('walk-a', 'no-stream', [metres(3), steps(4), metres(1)]);
    const live = await withRunner(newProgram, async (runner, database) => {
      await store.append('walk-b', 'no-stream', [steps(1), metres(2)]);
      await runner.whenCaughtUp();
      return waysIn(database);
    });
    expect(live).toEqual({ 'walk-a': 12, 'walk-b': 5 });
    const anew = await openReadDatabase();
    try {
      expect(await withRunner(newProgram, (_, database) => waysIn(database), anew)).toEqual(live);
    } finally {
      await anew.dispose();
    }
  });

  it('and new ones: while old programs still run they park what they cannot read; the new one goes on there', async () => {
    await store.append('walk-a', 'no-stream', [metres(3)]);
    await withRunner(oldProgram, async (runner, database) => {
      await store.append('walk-a', 0, [steps(4), metres(1)]);
      await store.append('walk-b', 'no-stream', [metres(5)]);
      await runner.whenCaughtUp();
      expect(await waysIn(database)).toEqual({ 'walk-a': 6, 'walk-b': 10 });
      expect(await runner.deadLetters.list()).toEqual([
        expect.objectContaining({ stream: 'walk-a', revision: 1, fault: 'UnknownEventType', events: 2 }),
      ]);
    });
    await withRunner(newProgram, async (runner, database) => {
      expect(await runner.deadLetters.retry('way', 'walk-a')).toMatchObject({ ok: true });
      expect(await waysIn(database)).toEqual({ 'walk-a': 12, 'walk-b': 10 });
      expect(await runner.deadLetters.list()).toEqual([]);
    });
  });
});
