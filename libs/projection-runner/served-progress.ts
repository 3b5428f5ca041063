import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { StreamPlace } from './projection.js';
import type { RunnerTables } from './runner-tables.js';
import { StreamMarks } from './stream-marks.js';
import type { WaitOptions } from './waiters.js';

/** Between two looks: what another process has written tells nobody here. */
const LOOK_AGAIN_MS = 25;

/** Whether views have an event, for a process that reads them and does not run them: it looks in their database. */
export class ServedProgress {
  constructor(
    private readonly database: Pick<ReadDatabase, 'reading'>,
    /** milliseconds from any start, never running back */
    private readonly elapsed: () => number,
  ) {}

  /** As `ProjectionRunner.whenProcessed`; a projection that nobody serves yet is waited for as well. */
  async whenProcessed(projection: string, place: StreamPlace, { timeoutMs, signal }: WaitOptions): Promise<boolean> {
    const end = this.elapsed() + timeoutMs;
    for (;;) {
      const reached = await this.hasReached(projection, place);
      if (reached !== undefined) return reached;
      if (signal?.aborted === true || this.elapsed() >= end) return false;
      await sleep(LOOK_AGAIN_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
  }

  /** false where the stream is parked: it will not come */
  private async hasReached(projection: string, { stream, revision }: StreamPlace): Promise<boolean | undefined> {
    const { reading } = this.database;
    const serving = await reading
      .withTables<RunnerTables>()
      .selectFrom('projection_build')
      .select('build')
      .where('projection', '=', projection)
      .where('serving', '=', 1)
      .executeTakeFirst();
    const mark = serving && (await new StreamMarks(serving.build).of(reading, stream));
    if (mark === undefined) return undefined;
    if (mark.revision >= revision) return true;
    return mark.parked ? false : undefined;
  }
}
