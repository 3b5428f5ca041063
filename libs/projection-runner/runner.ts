import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../decider/clock.js';
import { hasReached, type EventFeed } from '../event-feed/event-feed.js';
import { migrate } from '../read-database/migrations.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { runConvoys, type ConvoyOptions } from './convoy.js';
import type { Projection, StreamPlace } from './projection.js';
import { RUNNER_MIGRATIONS } from './runner-tables.js';
import { View, type ViewStatus } from './view.js';
import type { WaitOptions } from './waiters.js';

export interface RunnerOptions {
  readonly database: ReadDatabase;
  readonly feed: EventFeed;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  /**
   * Most events in one transaction; default 1,000, and 5,000 while a view is built: the more, the fewer rows are
   * written twice, but the more memory is taken and the longer other work of the process waits.
   */
  readonly batchSize?: ConvoyOptions['batchSize'];
  readonly pause?: ConvoyOptions['pause'];
}

const BATCH_SIZE = { live: 1_000, building: 5_000 };
const LONGEST_PAUSE_MS = 10_000;

const growingPause: ConvoyOptions['pause'] = async (attempt, signal) => {
  await sleep(Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt), undefined, { signal }).catch(() => undefined);
};

/** Keeps views up with the feed: each with its own progress, tables and faults. */
export class ProjectionRunner {
  private readonly stopping = new AbortController();
  private readonly onProgress = new Set<() => void>();
  private views: readonly View[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: RunnerOptions) {}

  /**
   * Opens the views, making anew those whose version changed, and goes on in the background.
   *
   * @throws ReadDatabaseFault where the tables are a newer program's
   */
  async start(): Promise<void> {
    const { database, feed, projections, clock, batchSize = BATCH_SIZE, pause = growingPause } = this.options;
    await database.transaction((tx) => migrate(tx, 'projection-runner', RUNNER_MIGRATIONS));
    const views: View[] = [];
    for (const projection of projections) views.push(await View.open(projection, database, feed, clock));
    this.views = views;
    const advanced = (): void => this.onProgress.forEach((look) => look());
    this.running = runConvoys(views, { feed, signal: this.stopping.signal, batchSize, advanced, pause });
  }

  /** After the batches under way; whoever waits for an event is answered false. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    for (const view of this.views) view.giveUpWaiting();
  }

  /**
   * Whether a view has a stream's event: at once, or as soon as it comes within the time; false when time is up, the
   * runner stops, or the stream is parked in that view.
   *
   * @throws RangeError for a projection that is not run here
   */
  whenProcessed(projection: string, place: StreamPlace, options: WaitOptions): Promise<boolean> {
    const view = this.views.find((one) => one.projection.name === projection);
    if (view === undefined) throw new RangeError('no such projection');
    return view.whenProcessed(place, options);
  }

  /** Resolves when every view that is not stopped has what the feed had at the time of the call. */
  async whenCaughtUp(): Promise<void> {
    const head = await this.options.feed.head();
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.views.every((view) => view.isStopped || hasReached(view.progress, head))) return;
        this.onProgress.delete(look);
        resolve();
      };
      this.onProgress.add(look);
      look();
    });
  }

  /** For health and metrics: ages, not only counts. */
  status(): Promise<readonly ViewStatus[]> {
    return Promise.all(this.views.map((view) => view.describe(this.options.feed)));
  }
}
