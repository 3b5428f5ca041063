import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { EventFeed, FeedEvent, FeedOptions, FeedProgress } from './event-feed.js';

const PARTITION = 0;

/**
 * The feed of a store in this process: one partition, whose offsets are the store's positions. For stores that count
 * their events by one decimal number; another kind of position is refused with the first event.
 */
export class InProcessFeed implements EventFeed {
  constructor(private readonly store: Pick<EventStore, 'subscribe' | 'readAll' | 'head'>) {}

  async deliver({ from, handler, signal, batchSize }: FeedOptions): Promise<void> {
    const batches = this.store.subscribe({
      signal,
      ...after(from),
      ...(batchSize !== undefined && { batchSize }),
    });
    for await (const batch of batches) {
      const events = batch.map(placed);
      const offset = events.at(-1)?.offset;
      if (offset !== undefined) await handler([{ partition: PARTITION, offset, events }]);
      if (signal.aborted) return;
    }
  }

  async head(): Promise<FeedProgress> {
    const position = await this.store.head();
    return new Map(position === undefined ? [] : [[PARTITION, BigInt(position)]]);
  }

  async oldestAfter(progress: FeedProgress): Promise<string | undefined> {
    const [next] = await this.store.readAll({ ...after(progress), limit: 1 });
    return next && recordedAt(next);
  }
}

// Field by field: spreading each event of a long history costs more than to fold it.
function placed({ id, type, data, metadata, stream, revision, position }: RecordedEvent): FeedEvent {
  return { id, type, data, metadata, stream, revision, position, offset: BigInt(position) };
}

function after(progress: FeedProgress): { after?: string } {
  const offset = progress.get(PARTITION);
  return offset === undefined ? {} : { after: String(offset) };
}

const recordedAt = ({ metadata }: RecordedEvent): string | undefined =>
  typeof metadata.recordedAt === 'string' ? metadata.recordedAt : undefined;
