import { setTimeout as sleep } from 'node:timers/promises';
import { hasReached, type EventFeed } from '../event-feed/event-feed.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { readProgress } from './builds.js';
import type { StreamPlace } from './projection.js';
import type { RunnerTables } from './runner-tables.js';
import { StreamMarks } from './stream-marks.js';
import type { WaitOptions } from './waiters.js';

/** Between two looks: what another process has written tells nobody here. */
const LOOK_AGAIN_MS = 25;
const LONGEST_MS = 10_000;

/** Whether views have an event, for a process that reads them and does not run them: it looks in their database. */
export class ServedProgress {
  constructor(
    private readonly database: Pick<ReadDatabase, 'reading'>,
    private readonly feed: Pick<EventFeed, 'head'>,
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

  /** Whether every view that queries see has what the feed had at the time of the call; false after ten seconds. */
  async whenCaughtUp(): Promise<boolean> {
    const end = this.elapsed() + LONGEST_MS;
    const head = await this.feed.head();
    while (this.elapsed() < end) {
      const builds = await this.serving();
      const reached = await Promise.all(builds.map(({ build }) => readProgress(this.database.reading, build)));
      if (builds.length > 0 && reached.every((progress) => hasReached(progress, head))) return true;
      await sleep(LOOK_AGAIN_MS);
    }
    return false;
  }

  private serving(): Promise<readonly { readonly build: string; readonly projection: string }[]> {
    return this.database.reading
      .withTables<RunnerTables>()
      .selectFrom('projection_build')
      .select(['build', 'projection'])
      .where('serving', '=', 1)
      .execute();
  }

  /** false where the stream is parked: it will not come */
  private async hasReached(projection: string, { stream, revision }: StreamPlace): Promise<boolean | undefined> {
    const serving = (await this.serving()).find((build) => build.projection === projection);
    const mark = serving && (await new StreamMarks(serving.build).of(this.database.reading, stream));
    if (mark === undefined) return undefined;
    if (mark.revision >= revision) return true;
    return mark.parked ? false : undefined;
  }
}
