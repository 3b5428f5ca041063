import type { Clock } from '../decider/clock.js';
import type { EventFeed } from '../event-feed/event-feed.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { ConvoyOptions } from './convoy.js';
import type { Projection } from './projection.js';
import type { SkippedEvents } from './skipped-events.js';

export interface RunnerOptions {
  readonly database: ReadDatabase;
  readonly feed: EventFeed;
  /** Makes all projections anew: builds that stand side by side have one each. */
  readonly projections: () => readonly Projection[];
  /** what operators told projections to pass over */
  readonly skips: SkippedEvents;
  readonly clock: Clock;
  /**
   * Most events in one transaction; default 1,000, and 2,500 while a view is built: the more, the fewer rows are
   * written twice, but the more memory is taken and the longer other work of the process waits.
   */
  readonly batchSize?: ConvoyOptions['batchSize'];
  /** Where the database is shared: how often to look what other processes did with the builds; default 1,000 ms. */
  readonly followMs?: number;
  readonly pause?: ConvoyOptions['pause'];
}
