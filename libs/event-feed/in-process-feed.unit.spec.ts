import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { eventFeedContract } from './event-feed.contract.spec-kit.js';
import { InProcessFeed } from './in-process-feed.js';

eventFeedContract('in process', async () => {
  const store = new MemoryEventStore();
  return {
    feed: new InProcessFeed(store),
    publish: async (stream, events) => void (await store.append(stream, 'no-stream', events)),
    reopen: async () => new InProcessFeed(store),
    dispose: () => store.close(),
  };
});
