import { randomUUID } from 'node:crypto';
import type { NewEvent, RecordedEvent } from '../event-store/event-store.js';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';
import { RowWriter } from '../read-database/row-writer.js';
import { createTable, integer, text, type RowOf } from '../read-database/table-shape.js';
import type { Projection } from './projection.js';

const STEPS = { stream: text, steps: integer };
type StepsRow = RowOf<typeof STEPS>;

export const step = (data: NewEvent['data'] = {}, type = 'Stepped.v1'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: { recordedAt: '2026-06-01T11:59:00.000Z' },
});

/** Counts the events of each stream: wrong at once when one is folded twice or left out. */
export class StepProjection implements Projection {
  readonly name: string = 'steps';
  readonly category = 'walk';
  readonly tables: readonly string[] = ['steps'];
  private readonly writer = new RowWriter<StepsRow>({
    table: 'steps',
    columns: ['stream', 'steps'],
    key: ['stream'],
    onConflict: { steps: 'add' },
  });

  /** @param afterWriting for faults between the rows and what the runner writes with them */
  constructor(
    readonly version = 1,
    private readonly afterWriting: (events: readonly RecordedEvent[]) => void = () => undefined,
  ) {}

  createTables(tx: Writing): Promise<void> {
    return createTable(tx, 'steps', STEPS, ['stream']);
  }

  handles(type: string): boolean {
    return type === 'Stepped.v1';
  }

  async apply(events: readonly RecordedEvent[], tx: Writing): Promise<void> {
    const steps = new Map<string, number>();
    for (const { stream, data } of events) {
      if (data.poison) throw new TypeError('cannot fold what jane.doe@example.org wrote');
      steps.set(stream, (steps.get(stream) ?? 0) + 1);
    }
    await this.writer.write(
      tx,
      [...steps].map(([stream, count]) => ({ stream, steps: count })),
    );
    this.afterWriting(events);
  }
}

export async function stepsIn(database: ReadDatabase): Promise<Record<string, number>> {
  const rows = await database.reading
    .withTables<{ steps: StepsRow }>()
    .selectFrom('steps')
    .selectAll()
    .orderBy('stream')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.stream, row.steps]));
}
