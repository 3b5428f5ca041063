import type { KafkaSettings } from '../../kafka-client/kafka-settings.js';

/** A feed's partition numbers: those of lead events as they are, those of the reference events from here on. */
const FIRST_REFERENCE = 10_000;

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Two topics as one feed. The numbers stand in read databases: they never change within a version of the topics. */
export class FeedPartitions {
  constructor(private readonly settings: Pick<KafkaSettings, 'topics' | 'layout'>) {}

  get topics(): readonly { readonly topic: string; readonly partitions: number }[] {
    const { topics, layout } = this.settings;
    return [
      { topic: topics.leadEvents, partitions: layout.leadPartitions },
      { topic: topics.referenceEvents, partitions: layout.referencePartitions },
    ];
  }

  numberOf({ topic, partition }: TopicPartition): number {
    return topic === this.settings.topics.referenceEvents ? FIRST_REFERENCE + partition : partition;
  }

  placeOf(number: number): TopicPartition {
    const { leadEvents, referenceEvents } = this.settings.topics;
    return number < FIRST_REFERENCE
      ? { topic: leadEvents, partition: number }
      : { topic: referenceEvents, partition: number - FIRST_REFERENCE };
  }
}
