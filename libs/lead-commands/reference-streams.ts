import type { RecordedEvent } from '../event-store/event-store.js';
import { readBuilds } from '../projection-runner/builds.js';
import type { Projection } from '../projection-runner/projection.js';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';

const CATEGORIES = ['team', 'policy', 'agreement'] as const;
type Category = (typeof CATEGORIES)[number];
type Tables = { [C in Category as `${C}_stream`]: { readonly stream: string } };

/** Which streams of a category exist: a store is asked by name, so somebody must remember the names. */
class ReferenceStreams implements Projection {
  readonly version = 1;
  readonly name: string;
  readonly tables: readonly string[];
  readonly #table: keyof Tables;

  constructor(readonly category: Category) {
    this.name = `${category}-streams`;
    this.#table = `${category}_stream`;
    this.tables = [this.#table];
  }

  async createTables(tx: Writing): Promise<void> {
    await tx.schema
      .createTable(this.#table)
      .addColumn('stream', 'text', (column) => column.primaryKey())
      .execute();
  }

  handles(): boolean {
    return true;
  }

  async apply(events: readonly RecordedEvent[], tx: Writing): Promise<void> {
    const streams = [...new Set(events.filter(({ revision }) => revision === 0).map(({ stream }) => stream))];
    if (streams.length === 0) return;
    await tx
      .withTables<Tables>()
      .insertInto(this.#table)
      .values(streams.map((stream) => ({ stream })))
      .onConflict((conflict) => conflict.column('stream').doNothing())
      .execute();
  }
}

export const referenceProjections = (): readonly Projection[] => CATEGORIES.map((name) => new ReferenceStreams(name));

/** The names of all team, policy and agreement streams that the views know of. */
export async function referenceStreams(database: Pick<ReadDatabase, 'reading'>): Promise<readonly string[]> {
  const db = database.reading.withTables<Tables>();
  const found = await Promise.all(
    CATEGORIES.map((category) => db.selectFrom(`${category}_stream`).select('stream').execute()),
  );
  return found.flat().map(({ stream }) => stream);
}

/** Whether the views that name them have all that stood when they were made: until then they serve what they have. */
export async function knowsReferenceStreams({ reading }: Pick<ReadDatabase, 'reading'>): Promise<boolean> {
  const builds = await Promise.all(referenceProjections().map(({ name }) => readBuilds(reading, name)));
  return builds.every((rows) => rows.some(({ serving, status }) => serving === 1 && status === 'live'));
}
