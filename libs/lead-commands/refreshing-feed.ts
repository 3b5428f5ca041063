import type { EventFeed } from '../event-feed/event-feed.js';
import { ReferenceData } from './reference-data.js';

/**
 * A feed whose reader knows teams, policies and agreements at least as they were when each batch was written: what a
 * batch says of them is read from the store before the batch is handled.
 */
export function refreshingFeed(feed: EventFeed, reference: Pick<ReferenceData, 'refresh'>): EventFeed {
  return {
    ...(feed.isShared === undefined ? {} : { isShared: feed.isShared }),
    deliver: (options) =>
      feed.deliver({
        ...options,
        async handler(batches) {
          const streams = batches.flatMap(({ events }) => events.map(({ stream }) => stream));
          const changed = new Set(streams.filter((stream) => ReferenceData.holds(stream)));
          for (const stream of changed) await reference.refresh(stream);
          await options.handler(batches);
        },
      }),
    head: () => feed.head(),
    oldestAfter: (progress) => feed.oldestAfter(progress),
  };
}
