import { setTimeout as sleep } from 'node:timers/promises';
import { hasReached } from '../event-feed/event-feed.js';
import { migrate } from '../read-database/migrations.js';
import { BuildOperations } from './build-operations.js';
import type { ConvoyOptions } from './convoy.js';
import { DeadLetterOperations } from './dead-letter-operations.js';
import { Gathering } from './gathering.js';
import type { StreamPlace } from './projection.js';
import type { RunnerOptions } from './runner-options.js';
import { RunningViews } from './running-views.js';
import { RUNNER_MIGRATIONS } from './runner-tables.js';
import type { View, ViewStatus } from './view.js';
import type { WaitOptions } from './waiters.js';

const BATCH_SIZE = { live: 1_000, building: 2_500 };
const LONGEST_PAUSE_MS = 10_000;
const LOOK_MS = 50;

const growingPause: ConvoyOptions['pause'] = async (attempt, signal) => {
  await sleep(Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt), undefined, { signal }).catch(() => undefined);
};

/** Keeps views up with the feed: each with its own progress, tables and faults. */
export class ProjectionRunner {
  readonly builds: BuildOperations;
  readonly deadLetters: DeadLetterOperations;
  private readonly stopping = new AbortController();
  private readonly gathering = new Gathering();
  private readonly onProgress = new Set<() => void>();
  private readonly views: RunningViews;

  constructor(private readonly options: RunnerOptions) {
    const { database, feed, skips, batchSize = BATCH_SIZE, pause = growingPause } = options;
    const { gathering } = this;
    const advanced = (): void => this.onProgress.forEach((look) => look());
    this.views = new RunningViews(options, {
      feed,
      signal: this.stopping.signal,
      batchSize,
      gathering,
      database,
      advanced,
      pause,
    });
    this.builds = new BuildOperations(this.views, database);
    this.deadLetters = new DeadLetterOperations(this.views, skips);
  }

  /**
   * Opens the views, beginning new builds of those whose version changed, and goes on in the background.
   *
   * @throws ReadDatabaseFault where the tables are a newer program's
   */
  async start(): Promise<void> {
    await this.options.database.alone((tx) => migrate(tx, 'projection-runner', RUNNER_MIGRATIONS));
    await this.views.start();
  }

  /** After the batches under way; whoever waits for an event is answered false. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.views.ended();
  }

  /**
   * Whether a view has a stream's event: at once, or as soon as it comes within the time; false when time is up, the
   * runner stops, or the stream is parked in that view.
   *
   * @throws RangeError for a projection that is not run here
   */
  whenProcessed(projection: string, place: StreamPlace, options: WaitOptions): Promise<boolean> {
    const view = this.views.answering(projection);
    if (view === undefined) {
      if (!this.views.names.includes(projection)) throw new RangeError('no such projection');
      // A newer program's build serves, which this one does not follow.
      return Promise.resolve(false);
    }
    return this.gathering.without(() => view.whenProcessed(place, options));
  }

  /** Resolves when every view that is not stopped has what the feed had at the time of the call. */
  async whenCaughtUp(): Promise<void> {
    const head = await this.options.feed.head();
    const caughtUp = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.views.all.every((view) => view.isStopped || hasReached(view.progress, head))) return;
        this.onProgress.delete(look);
        resolve();
      };
      this.onProgress.add(look);
      look();
    });
    const others = this.options.database.isShared ? this.lookAtOthers(caughtUp) : undefined;
    await this.gathering.without(() => caughtUp);
    await others;
  }

  /** Until then; what other processes do is only found by looking. */
  private async lookAtOthers(until: Promise<void>): Promise<void> {
    let done = false;
    void until.then(() => (done = true));
    while (!done && !this.stopping.signal.aborted) {
      await Promise.allSettled(this.views.all.map((view) => view.readOthersProgress()));
      this.onProgress.forEach((look) => look());
      if (!done) await sleep(LOOK_MS);
    }
  }

  /** Of the views that answer queries, for health and metrics: ages, not only counts. */
  status(): Promise<readonly ViewStatus[]> {
    const answering = this.views.names.map((name) => this.views.answering(name));
    return Promise.all(answering.filter((view): view is View => view !== undefined).map((view) => view.describe()));
  }
}
