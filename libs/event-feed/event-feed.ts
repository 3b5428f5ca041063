import type { RecordedEvent } from '../event-store/event-store.js';

/** An event where the feed has it. */
export interface FeedEvent extends RecordedEvent {
  /** rises within the partition, with or without gaps */
  readonly offset: bigint;
}

/** What was waiting in one partition. All events of a stream come in one partition, in the stream's order. */
export interface FeedBatch {
  readonly partition: number;
  /** Progress once the batch is done. May lie beyond the last event's: a topic also holds records that are no events. */
  readonly offset: bigint;
  readonly events: readonly FeedEvent[];
}

/** The last offset done, by partition; a partition that is missing has not begun. */
export type FeedProgress = ReadonlyMap<number, bigint>;

export interface FeedOptions {
  readonly from: FeedProgress;
  /**
   * Under whose name: where the feed is shared, deliveries of one name in several processes take different partitions,
   * and take over those of one that went. Default: a name of its own.
   */
  readonly group?: string;
  /**
   * What was reached by all who deliver under this name: asked by a shared feed whenever partitions are given out anew,
   * because meanwhile they may have been another process's. Default: `from`, and what was handled since.
   */
  readonly reached?: () => Promise<FeedProgress>;
  /** Called with what is waiting, of each partition one batch at most; awaited before it is called again. */
  readonly handler: (batches: readonly FeedBatch[]) => Promise<void>;
  /** ends the delivery cleanly: after the handler's present call */
  readonly signal: AbortSignal;
  /** most events of one call; default 1,000. It is what is waiting, never a wait for more. */
  readonly batchSize?: number;
}

/**
 * The port by which what was recorded reaches those who read: in this process from the store's global order, or from
 * Kafka. An event may come again after a restart, never is one left out.
 */
export interface EventFeed {
  /** whether several processes may share its partitions, so that none of them knows alone what is reached; default no */
  readonly isShared?: boolean;
  /**
   * Delivers every event after the given progress until the signal.
   *
   * @throws what the handler threw (nothing is delivered after that), or the feed's own fault; whoever starts again
   * gives the progress that was really reached
   */
  deliver(options: FeedOptions): Promise<void>;
  /** Offset after which nothing stands now, by partition; empty where nothing was ever recorded. */
  head(): Promise<FeedProgress>;
  /** When the oldest event after the progress was recorded (ISO 8601 UTC); undefined where there is none. */
  oldestAfter(progress: FeedProgress): Promise<string | undefined>;
}

/** Whether a progress has everything that stood at a head. */
export function hasReached(progress: FeedProgress, head: FeedProgress): boolean {
  return [...head].every(([partition, offset]) => (progress.get(partition) ?? -1n) >= offset);
}
