import type { Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeCloudEvent } from '../../contracts/cloud-event.js';
import { openClient, withAdmin, type DriverLog } from '../../kafka-client/kafka-client.js';
import type { KafkaSettings } from '../../kafka-client/kafka-settings.js';
import { isCoordinatorUnsettled, kafkaFault } from '../../kafka-client/kafka-fault.js';
import { PartitionReader } from '../../kafka-client/partition-reader.js';
import { checkTopics } from '../../kafka-client/topics.js';
import type { EventFeed, FeedOptions, FeedProgress } from '../event-feed.js';
import { runDelivery } from './delivery.js';
import { FeedPartitions } from './feed-partitions.js';

export interface KafkaFeedOptions {
  readonly settings: KafkaSettings;
  /** how the brokers see this process, such as `team-views` */
  readonly clientId: string;
  /** makes the name of a group of its own, for deliveries without one */
  readonly newGroup: () => string;
  readonly log?: DriverLog;
}

/** Bytes from which the first record after a place is read; Kafka gives at least one batch, however large. */
const MOST_ATTEMPTS = 20;
const COORDINATOR_PAUSE_MS = 250;
const READ_ATTEMPTS = 4;
const READ_PAUSE_MS = 200;
const A_LITTLE = 64 * 1024;

/**
 * The feed from Kafka, filled by the relay: lead events and reference events, read-committed, shared by the processes
 * that deliver under one group name. Progress is the caller's; group offsets are not used.
 */
export class KafkaFeed implements EventFeed {
  readonly isShared = true;
  private readonly partitions: FeedPartitions;
  private reader: Promise<PartitionReader> | undefined;
  private isClosed = false;

  private constructor(
    private readonly kafka: Kafka,
    private readonly options: KafkaFeedOptions,
  ) {
    this.partitions = new FeedPartitions(options.settings);
  }

  /** @throws KafkaFault where Kafka cannot be reached, or a topic is missing or not as it must be */
  static async open(options: KafkaFeedOptions): Promise<KafkaFeed> {
    const { settings, clientId, log } = options;
    const kafka = await openClient(settings, { clientId, ...(log ? { log } : {}) });
    await withAdmin(kafka, settings, (admin) => checkTopics(admin, settings, ['leadEvents', 'referenceEvents']));
    return new KafkaFeed(kafka, options);
  }

  async deliver(options: FeedOptions): Promise<void> {
    const group = options.group ?? this.options.newGroup();
    const { settings } = this.options;
    const parts = { kafka: this.kafka, partitions: this.partitions, settings };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await runDelivery({ ...options, group: `baton.${group}` }, parts);
      } catch (fault) {
        // Nothing was handled yet: the group's coordinator has only just come up, or moved.
        if (attempt === MOST_ATTEMPTS || !isCoordinatorUnsettled(fault)) throw fault;
        await sleep(COORDINATOR_PAUSE_MS, undefined, { signal: options.signal }).catch(() => undefined);
      }
    }
  }

  async head(): Promise<FeedProgress> {
    const head = new Map<number, bigint>();
    for (const { topic, partitions } of this.partitions.topics) {
      const ends = await this.reading((reader) => reader.ends(topic, partitions));
      ends.forEach((end, partition) => {
        if (end > 0n) head.set(this.partitions.numberOf({ topic, partition }), end - 1n);
      });
    }
    return head;
  }

  async oldestAfter(progress: FeedProgress): Promise<string | undefined> {
    const head = await this.head();
    const behind = [...head].filter(([number, offset]) => (progress.get(number) ?? -1n) < offset);
    const times = await Promise.all(
      behind.map(([number, offset]) => this.firstTime(number, (progress.get(number) ?? -1n) + 1n, offset)),
    );
    return times.filter((time) => time !== undefined).sort()[0];
  }

  /** Ends what `head` and `oldestAfter` hold open; deliveries end by their signals. */
  async close(): Promise<void> {
    this.isClosed = true;
    const reader = await this.reader?.catch(() => undefined);
    this.reader = undefined;
    await reader?.close();
  }

  /** When the first event of a partition from an offset on was recorded. */
  private async firstTime(number: number, from: bigint, head: bigint): Promise<string | undefined> {
    const { topic, partition } = this.partitions.placeOf(number);
    for (let next = from; next <= head;) {
      const part = await this.reading((reader) => reader.read(topic, partition, next, A_LITTLE));
      for (const record of part.records) {
        const { recordedAt } = decodeCloudEvent(record).metadata;
        if (typeof recordedAt === 'string') return recordedAt;
      }
      if (part.next === next) return undefined;
      next = part.next;
    }
    return undefined;
  }

  /** A partition's leader may have moved, or not be there for a moment: it is looked for again, by a new reader. */
  private async reading<Result>(read: (reader: PartitionReader) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.readOnce(read);
      } catch (fault) {
        if (this.isClosed || attempt === READ_ATTEMPTS || kafkaFault(fault).kind !== 'retriable') throw fault;
        await sleep(READ_PAUSE_MS * attempt);
      }
    }
  }

  private async readOnce<Result>(read: (reader: PartitionReader) => Promise<Result>): Promise<Result> {
    this.reader ??= PartitionReader.open(this.kafka);
    const opened = this.reader;
    try {
      return await read(await opened);
    } catch (fault) {
      // A connection that failed is not used again.
      if (this.reader === opened) this.reader = undefined;
      void opened.then((reader) => reader.close()).catch(() => undefined);
      throw fault;
    }
  }
}
