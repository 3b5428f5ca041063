import { createRequire } from 'node:module';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { KafkaFault, kafkaFault } from './kafka-fault.js';

/*
 * kafkajs lends its fetching only to consumer groups, which take a rebalance to join (3 s on a broker as shipped), a
 * right of their own, and a coordinator. Who looks at a few records, or reads a topic once from end to end, needs none
 * of that: this file uses the cluster and the batch that kafkajs (2.2.4, its last version, pinned) has inside. ADR 0010.
 */

interface Broker {
  fetch(request: {
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly { topic: string; partitions: readonly FetchFrom[] }[];
  }): Promise<{ readonly responses: readonly { readonly partitions: readonly object[] }[] }>;
}

interface FetchFrom {
  readonly partition: number;
  readonly fetchOffset: string;
  readonly maxBytes: number;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(wanted: { readonly nodeId: string }): Promise<Broker>;
  fetchTopicsOffset(
    topics: readonly { topic: string; partitions: readonly { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<readonly { readonly partitions: readonly { partition: number; offset: string }[] }[]>;
}

interface Batch {
  readonly messages: readonly KafkaMessage[];
  isEmptyIncludingFiltered(): boolean;
  lastOffset(): string;
}

type BatchClass = new (topic: string, fetchedOffset: string, partition: object) => Batch;

export interface ReadPart {
  readonly records: readonly KafkaMessage[];
  /** offset at which to read on; what lay between was aborted or no record */
  readonly next: bigint;
}

const LONGEST_WAIT_MS = 250;
const MOST_BYTES = 4 * 1024 * 1024;

/** Reads committed records of a partition from an offset on, without a consumer group. */
export class PartitionReader {
  private constructor(
    private readonly cluster: Cluster,
    private readonly batch: BatchClass,
  ) {}

  /** @throws KafkaFault */
  static async open(kafka: Kafka): Promise<PartitionReader> {
    const cluster = clusterOf(kafka);
    const reader = new PartitionReader(
      cluster,
      createRequire(import.meta.url)('kafkajs/src/consumer/batch') as BatchClass,
    );
    return reader.faulting(async () => {
      await cluster.connect();
      return reader;
    });
  }

  /**
   * For each partition the offset after the last committed record, in order of the partitions' numbers.
   *
   * @throws KafkaFault
   */
  ends(topic: string, partitions: number): Promise<readonly bigint[]> {
    return this.faulting(async () => {
      await this.cluster.addMultipleTargetTopics([topic]);
      const numbers = Array.from({ length: partitions }, (_, partition) => ({ partition }));
      const [found] = await this.cluster.fetchTopicsOffset([{ topic, partitions: numbers, fromBeginning: false }]);
      return numbers.map(({ partition }) => {
        const offset = found?.partitions.find((one) => one.partition === partition)?.offset;
        if (offset === undefined) throw new KafkaFault('retriable', `topic ${topic} has no partition ${partition}`);
        return BigInt(offset);
      });
    });
  }

  /**
   * What stands from an offset on, up to some megabytes; nothing at the end.
   *
   * @throws KafkaFault
   */
  read(topic: string, partition: number, from: bigint, maxBytes = MOST_BYTES): Promise<ReadPart> {
    return this.faulting(async () => {
      await this.cluster.addMultipleTargetTopics([topic]);
      const [nodeId] = Object.keys(this.cluster.findLeaderForPartitions(topic, [partition]));
      if (nodeId === undefined) throw new KafkaFault('retriable', `topic ${topic} has no leader now`);
      const broker = await this.cluster.findBroker({ nodeId });
      const fetchOffset = String(from);
      const { responses } = await broker.fetch({
        maxWaitTime: LONGEST_WAIT_MS,
        minBytes: 1,
        maxBytes,
        topics: [{ topic, partitions: [{ partition, fetchOffset, maxBytes }] }],
      });
      const part = responses[0]?.partitions[0];
      if (part === undefined) return { records: [], next: from };
      const batch = new this.batch(topic, fetchOffset, part);
      return {
        records: batch.messages,
        next: batch.isEmptyIncludingFiltered() ? from : BigInt(batch.lastOffset()) + 1n,
      };
    });
  }

  async close(): Promise<void> {
    await this.cluster.disconnect().catch(() => undefined);
  }

  private async faulting<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      // Another broker may lead by now: whoever tries again finds it.
      await this.cluster.refreshMetadata().catch(() => undefined);
      throw kafkaFault(error);
    }
  }
}

function clusterOf(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description?.endsWith(':createCluster'));
  const inner = kafka as unknown as Record<symbol, ((options: object) => Cluster) | undefined>;
  const create = symbol && inner[symbol];
  if (!create) throw new KafkaFault('fatal', 'this version of kafkajs is not the one that Baton was built for');
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false, maxInFlightRequests: null });
}
