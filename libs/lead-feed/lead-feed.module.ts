import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '../decider/clock.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Metrics } from '../telemetry/metrics.js';
import { Audiences } from './audience.js';
import { FEED_CALLERS, LeadFeedController, type FeedCallers } from './http/lead-feed.controller.js';
import { LeadFeed } from './lead-feed.js';
import { LeadTail } from './lead-tail.js';
import { OpenFeeds } from './open-feeds.js';

export interface FeedTimes {
  /** most milliseconds between two signs of life */
  readonly heartbeatMs: number;
  /** after so long a token is looked at again */
  readonly trustMs: number;
  /** a listener that takes nothing for so long is cut off */
  readonly stallMs: number;
}
/** A right that was taken away ends a feed within a minute, also where nothing happens. */
const TIMES: FeedTimes = { heartbeatMs: 15_000, trustMs: 30_000, stallMs: 30_000 };
const MOST_FEEDS = { perCaller: 10, inAll: 1_000 };

/** The live feed of lead events over HTTP, straight from the event store. */
@Module({})
export class LeadFeedModule implements OnApplicationShutdown {
  constructor(@Inject(LeadTail) private readonly tail: LeadTail) {}

  static on(
    store: EventStore,
    callers: Omit<FeedCallers, 'stallMs'>,
    { clock, metrics, times = TIMES }: { clock: Clock; metrics: Metrics; times?: FeedTimes },
  ): DynamicModule {
    const tail = new LeadTail(store);
    const open = new OpenFeeds(MOST_FEEDS);
    metrics.gauge('baton_lead_feeds_open', 'Live feeds of lead events that are open.', () => open.count);
    return {
      module: LeadFeedModule,
      controllers: [LeadFeedController],
      providers: [
        { provide: LeadTail, useValue: tail },
        { provide: LeadFeed, useValue: new LeadFeed({ tail, audiences: new Audiences(store), clock, ...times }) },
        { provide: OpenFeeds, useValue: open },
        { provide: FEED_CALLERS, useValue: { ...callers, stallMs: times.stallMs } satisfies FeedCallers },
      ],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.tail.stop();
  }
}
