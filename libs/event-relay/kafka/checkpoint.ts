import type { Kafka } from 'kafkajs';
import type { Position } from '../../event-store/event-store.js';
import { KafkaFault } from '../../kafka-client/kafka-fault.js';
import { PartitionReader } from '../../kafka-client/partition-reader.js';

/** Two keys, or compaction would drop one for the other. */
export const POSITION_KEY = 'position';
export const NONCE_KEY = 'nonce';

const PARTITION = 0;
const LONGEST_WAIT_MS = 15_000;

/**
 * The position that stands before a nonce, which must have been committed already; without a nonce the last position.
 *
 * @throws KafkaFault
 */
export async function readCheckpoint(kafka: Kafka, topic: string, nonce?: string): Promise<Position | undefined> {
  const reader = await PartitionReader.open(kafka);
  try {
    const [end = 0n] = nonce === undefined ? await reader.ends(topic, 1) : [];
    const giveUpAt = performance.now() + LONGEST_WAIT_MS;
    let position: Position | undefined;
    for (let next = 0n; nonce !== undefined || next < end;) {
      const part = await reader.read(topic, PARTITION, next);
      for (const { key, value } of part.records) {
        if (String(key) === POSITION_KEY) position = String(value);
        else if (nonce !== undefined && String(key) === NONCE_KEY && String(value) === nonce) return position;
      }
      // A commit is answered before its records can be seen: the reading waits a little for more each time.
      if (part.next === next && performance.now() > giveUpAt) {
        throw new KafkaFault('retriable', `${topic} does not show what was just written to it`);
      }
      next = part.next;
    }
    return position;
  } finally {
    await reader.close();
  }
}
