import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeCloudEvent, NoCloudEvent, type ReceivedRecord } from '../../contracts/cloud-event.js';
import { QUICK_RETRY } from '../../kafka-client/kafka-client.js';
import { KafkaFault, kafkaFault } from '../../kafka-client/kafka-fault.js';
import type { KafkaSettings } from '../../kafka-client/kafka-settings.js';
import type { FeedBatch, FeedEvent, FeedOptions, FeedProgress } from '../event-feed.js';
import type { FeedPartitions, TopicPartition } from './feed-partitions.js';
import { WaitingBatches } from './waiting-batches.js';

export interface DeliveryParts {
  readonly kafka: Kafka;
  readonly partitions: FeedPartitions;
  readonly settings: Pick<KafkaSettings, 'skipped'>;
}

/** As long as a process may be silent before others take its partitions, and how often it says that it is there. */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 1_000;
/** How long a broker holds a fetch for which it has nothing: what stopping may take. */
const FETCH_WAIT_MS = 250;
const DEFAULT_BATCH = 1_000;
const TYPICAL_EVENT_BYTES = 1_000;
const [LEAST_FETCH, MOST_FETCH] = [1024 * 1024, 5 * 1024 * 1024];
/** A broker that is gone does not answer a goodbye either. */
const LONGEST_GOODBYE_MS = 3_000;

/**
 * One consumer's life: until the signal, a fault or the handler's own. kafkajs is told never to restart by itself:
 * whoever delivers begins again with a new consumer, and knows meanwhile that nothing comes.
 */
export async function runDelivery(options: FeedOptions & { group: string }, parts: DeliveryParts): Promise<void> {
  if (options.signal.aborted) return;
  const delivery = new Delivery(options, parts);
  const ended = delivery.ended;
  const abort = (): void => delivery.end();
  options.signal.addEventListener('abort', abort);
  try {
    await Promise.race([delivery.start(), ended]);
    await ended;
  } catch (error) {
    throw delivery.handlerFault ?? kafkaFault(error);
  } finally {
    options.signal.removeEventListener('abort', abort);
    await delivery.leave();
  }
}

class Delivery {
  readonly ended: Promise<void>;
  /** what the handler threw */
  handlerFault: Error | undefined;
  private settle: { readonly end: () => void; readonly fail: (error: unknown) => void } = { end: noop, fail: noop };
  private isOver = false;
  private starting: Promise<void> = Promise.resolve();
  private readonly consumer: Consumer;
  private readonly batchSize: number;
  private readonly reached: Map<number, bigint>;
  /** where each partition that is ours was told to begin, until that is confirmed */
  private readonly unconfirmed = new Map<number, bigint>();
  private confirmed: Promise<FeedProgress>;
  private readonly waiting: WaitingBatches;

  constructor(
    private readonly options: FeedOptions & { group: string },
    private readonly parts: DeliveryParts,
  ) {
    this.ended = new Promise((end, fail) => (this.settle = { end, fail }));
    this.ended.catch(noop);
    this.reached = new Map(options.from);
    this.confirmed = Promise.resolve(this.reached);
    this.batchSize = options.batchSize ?? DEFAULT_BATCH;
    this.waiting = new WaitingBatches({
      handler: options.handler,
      most: this.batchSize,
      isOver: () => this.isOver,
      handled: (batches) => batches.forEach(({ partition, offset }) => this.reached.set(partition, offset)),
      failed: (fault) => this.failWith(fault),
    });
    const wantedBytes = this.batchSize * TYPICAL_EVENT_BYTES;
    this.consumer = parts.kafka.consumer({
      groupId: options.group,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: Math.min(MOST_FETCH, Math.max(LEAST_FETCH, wantedBytes)),
      allowAutoTopicCreation: false,
      retry: { ...QUICK_RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  start(): Promise<void> {
    this.starting = this.join();
    return this.starting;
  }

  private async join(): Promise<void> {
    const { consumer } = this;
    const { GROUP_JOIN, CRASH, END_BATCH_PROCESS } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload }) => this.place(payload.memberAssignment));
    consumer.on(CRASH, ({ payload }) => this.fail(payload.error));
    // What holds nothing but the ends of transactions never reaches `eachBatch`, but is progress.
    consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0)
        void this.passOver(payload, BigInt(payload.lastOffset)).catch((error) => this.fail(error));
    });
    await consumer.connect();
    await consumer.subscribe({ topics: this.parts.partitions.topics.map(({ topic }) => topic), fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // All at once, so that one call of the handler takes what waits in any of them.
      partitionsConsumedConcurrently: this.parts.partitions.topics.reduce((sum, { partitions }) => sum + partitions, 0),
      eachBatch: (payload) => this.takeBatch(payload),
    });
  }

  end(): void {
    this.isOver = true;
    this.settle.end();
  }

  async leave(): Promise<void> {
    this.isOver = true;
    // Disconnected while it joins, it would join all the same.
    const gone = this.starting
      .catch(noop)
      .then(() => this.consumer.disconnect())
      .catch(noop);
    await Promise.race([gone, sleep(LONGEST_GOODBYE_MS, undefined, { ref: false })]);
    await this.waiting.idle();
  }

  private fail(error: unknown): void {
    this.isOver = true;
    this.settle.fail(error);
  }

  /** By what whoever delivers threw, which is told as it is. */
  private failWith(fault: unknown): void {
    this.handlerFault = fault as Error;
    this.fail(fault);
  }

  /** Partitions were given out: each begins where it is known to be, and is asked about before anything is handled. */
  private place(assignment: ConsumerGroupJoinEvent['payload']['memberAssignment']): void {
    this.unconfirmed.clear();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const number = this.parts.partitions.numberOf({ topic, partition });
        const start = (this.reached.get(number) ?? -1n) + 1n;
        this.unconfirmed.set(number, start);
        this.consumer.seek({ topic, partition, offset: String(start) });
      }
    }
    this.confirmed = this.options.reached?.() ?? Promise.resolve(this.reached);
    this.confirmed.catch(noop);
  }

  /** Whether a partition stands where it must; where it does not it is set there, and what was fetched is let go. */
  private async isInPlace(place: TopicPartition, number: number): Promise<boolean> {
    const start = this.unconfirmed.get(number);
    if (start === undefined) return true;
    const confirmed = await this.confirmed;
    // Given out anew while we waited: the batch is not ours any more.
    if (this.unconfirmed.get(number) !== start) return false;
    this.unconfirmed.delete(number);
    const reached = confirmed.get(number) ?? -1n;
    this.reached.set(number, reached);
    if (reached + 1n === start) return true;
    this.consumer.seek({ ...place, offset: String(reached + 1n) });
    return false;
  }

  private async takeBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { topic, partition, messages } = batch;
    const number = this.parts.partitions.numberOf({ topic, partition });
    const isOurs = (): boolean => !this.isOver && payload.isRunning() && !payload.isStale();
    const heartbeat = (): Promise<void> => payload.heartbeat();
    if (!isOurs() || !(await this.failing(() => this.isInPlace({ topic, partition }, number)))) return;
    const size = this.batchSize;
    for (let at = 0; at < messages.length && isOurs(); at += size) {
      const slice = messages.slice(at, at + size);
      const isLast = at + size >= messages.length;
      const offset = isLast ? batch.lastOffset() : (slice.at(-1)?.offset ?? batch.lastOffset());
      const { events, fault } = this.decode(topic, partition, slice);
      const reached = fault === undefined ? BigInt(offset) : events.at(-1)?.offset;
      const part = reached !== undefined && { partition: number, offset: reached, events };
      const isDone = part && (await this.handle(part, heartbeat, isOurs));
      if (fault !== undefined) return this.fail(fault);
      if (!isDone || this.isOver) return;
      payload.resolveOffset(offset);
      await heartbeat();
    }
  }

  private async passOver(place: TopicPartition, offset: bigint): Promise<void> {
    const number = this.parts.partitions.numberOf(place);
    if (this.isOver || !(await this.isInPlace(place, number)) || offset <= (this.reached.get(number) ?? -1n)) return;
    const isAhead = (): boolean => !this.isOver && offset > (this.reached.get(number) ?? -1n);
    await this.handle({ partition: number, offset, events: [] }, () => Promise.resolve(), isAhead);
  }

  /**
   * The handler's work, with a sign of life now and then; a rebalance that this finds is let through afterwards.
   *
   * @returns whether it was handled
   */
  private async handle(batch: FeedBatch, heartbeat: () => Promise<void>, isOurs: () => boolean): Promise<boolean> {
    let lost: unknown;
    const beating = setInterval(() => void heartbeat().catch((error: unknown) => (lost = error)), HEARTBEAT_MS);
    try {
      const isDone = await this.waiting.take(batch, isOurs);
      if (lost !== undefined) throw lost as Error;
      return isDone;
    } finally {
      clearInterval(beating);
    }
  }

  /** The events of records, up to the first that is none. */
  private decode(topic: string, partition: number, records: readonly (ReceivedRecord & { offset: string })[]) {
    const events: FeedEvent[] = [];
    for (const record of records) {
      const place = `${topic}/${partition}/${record.offset}`;
      if (this.parts.settings.skipped.has(place)) continue;
      try {
        const { id, type, data, metadata, stream, revision, position } = decodeCloudEvent(record);
        events.push({ id, type, data, metadata, stream, revision, position, offset: BigInt(record.offset) });
      } catch (error) {
        if (!(error instanceof NoCloudEvent)) throw error;
        const wayOut = `BATON_KAFKA_SKIP=${place} passes over it`;
        return { events, fault: new KafkaFault('fatal', `${place}: ${error.message}. ${wayOut}`, { cause: error }) };
      }
    }
    return { events, fault: undefined };
  }

  /** What concerns the delivery ends it; thrown at kafkajs it would only be tried again. */
  private async failing(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      this.failWith(error);
      return false;
    }
  }
}

const noop = (): void => undefined;
