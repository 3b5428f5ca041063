import type { Kafka } from 'kafkajs';
import { decodeCloudEvent } from '../../contracts/cloud-event.js';
import { decodeTrailRecord, type TrailRecord } from '../../contracts/trail-record.js';
import type { Position, RecordedEvent } from '../../event-store/event-store.js';
import { openClient, withAdmin } from '../../kafka-client/kafka-client.js';
import type { KafkaSettings } from '../../kafka-client/kafka-settings.js';
import { PartitionReader, type ReadPart } from '../../kafka-client/partition-reader.js';
import { checkTopics } from '../../kafka-client/topics.js';
import type { PublishedLog } from '../published-log.js';
import { readCheckpoint } from './checkpoint.js';

/** The topics as a read-committed consumer finds them, from their beginning to their present end. */
export class KafkaPublishedLog implements PublishedLog {
  private constructor(
    private readonly kafka: Kafka,
    private readonly reader: PartitionReader,
    private readonly settings: KafkaSettings,
  ) {}

  /** @throws KafkaFault where Kafka cannot be reached, or a topic is missing or not as it must be */
  static async open(settings: KafkaSettings): Promise<KafkaPublishedLog> {
    const kafka = await openClient(settings, { clientId: 'baton-relay-verify' });
    await withAdmin(kafka, settings, (admin) => checkTopics(admin, settings));
    return new KafkaPublishedLog(kafka, await PartitionReader.open(kafka), settings);
  }

  reached(): Promise<Position | undefined> {
    return readCheckpoint(this.kafka, this.settings.topics.relayCheckpoint);
  }

  async total(): Promise<number> {
    const { leadEvents, referenceEvents } = this.settings.topics;
    const { leadPartitions, referencePartitions } = this.settings.layout;
    const ends = [
      ...(await this.reader.ends(leadEvents, leadPartitions)),
      ...(await this.reader.ends(referenceEvents, referencePartitions)),
    ];
    return Number(ends.reduce((sum, end) => sum + end, 0n));
  }

  async *events(): AsyncGenerator<readonly RecordedEvent[]> {
    const { topics, layout, skipped } = this.settings;
    for (const [topic, partitions] of [
      [topics.leadEvents, layout.leadPartitions],
      [topics.referenceEvents, layout.referencePartitions],
    ] as const) {
      for (const [partition, end] of (await this.reader.ends(topic, partitions)).entries()) {
        for await (const { records } of this.parts(topic, partition, end)) {
          const ours = records.filter(({ offset }) => !skipped.has(`${topic}/${partition}/${offset}`));
          yield ours.map(decodeCloudEvent);
        }
      }
    }
  }

  async *trail(): AsyncGenerator<readonly TrailRecord[]> {
    const { trail } = this.settings.topics;
    const [end = 0n] = await this.reader.ends(trail, 1);
    for await (const { records } of this.parts(trail, 0, end)) yield records.map(decodeTrailRecord);
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  private async *parts(topic: string, partition: number, end: bigint): AsyncGenerator<ReadPart> {
    for (let next = 0n; next < end;) {
      const part = await this.reader.read(topic, partition, next);
      yield part;
      next = part.next;
    }
  }
}
