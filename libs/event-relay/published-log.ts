import type { TrailRecord } from '../contracts/trail-record.js';
import type { Position, RecordedEvent } from '../event-store/event-store.js';

/** What stands in the topics, for whoever holds it against the store. */
export interface PublishedLog {
  /** how far the relay says that it is; undefined: nothing was published yet */
  reached(): Promise<Position | undefined>;
  /** how many records there are at most in all, for a bar */
  total(): Promise<number>;
  /** all events, partition by partition; a stream's in the order in which a consumer meets them */
  events(): AsyncIterable<readonly RecordedEvent[]>;
  /** what the trail seals, in its order */
  trail(): AsyncIterable<readonly TrailRecord[]>;
  close(): Promise<void>;
}
