import { decodeCloudEvent } from '../contracts/cloud-event.js';
import { recordKey, isLeadStream } from '../contracts/topics.js';
import { decodeTrailRecord } from '../contracts/trail-record.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { openClient } from '../kafka-client/kafka-client.js';
import type { KafkaSettings } from '../kafka-client/kafka-settings.js';
import { PartitionReader } from '../kafka-client/partition-reader.js';

export interface Published {
  readonly leads: readonly RecordedEvent[];
  readonly references: readonly RecordedEvent[];
  readonly trail: readonly ReturnType<typeof decodeTrailRecord>[];
}

/** All that a read-committed reader finds in the topics, partition by partition. */
export async function readPublished(settings: KafkaSettings): Promise<Published> {
  const reader = await PartitionReader.open(await openClient(settings, { clientId: 'spec' }));
  const { topics, layout } = settings;
  try {
    const all = async <Item>(topic: string, partitions: number, decode: (record: never) => Item): Promise<Item[]> => {
      const items: Item[] = [];
      for (const [partition, end] of (await reader.ends(topic, partitions)).entries()) {
        for (let next = 0n; next < end;) {
          const part = await reader.read(topic, partition, next);
          for (const record of part.records) items.push(decode(record as never));
          next = part.next;
        }
      }
      return items;
    };
    return {
      leads: await all(topics.leadEvents, layout.leadPartitions, decodeCloudEvent),
      references: await all(topics.referenceEvents, layout.referencePartitions, decodeCloudEvent),
      trail: await all(topics.trail, 1, decodeTrailRecord),
    };
  } finally {
    await reader.close();
  }
}

/** V7: the topics hold every event of the store once, each stream in order, the trail in commit order. First that is wrong. */
export function wronglyPublished(stored: readonly RecordedEvent[], found: Published): string | undefined {
  const wanted = new Map(stored.map((event) => [event.id, event]));
  const next = new Map<string, number>();
  for (const [events, areLeads] of [[found.leads, true] as const, [found.references, false] as const]) {
    for (const event of events) {
      const expected = next.get(event.stream) ?? 0;
      if (event.revision !== expected) return `${event.stream}: revision ${event.revision} where ${expected} should be`;
      next.set(event.stream, expected + 1);
      if (isLeadStream(event.stream) !== areLeads) return `${recordKey(event.stream)} is in the wrong topic`;
      if (JSON.stringify(event) !== JSON.stringify(canonical(wanted.get(event.id)))) return `${event.id} differs`;
    }
  }
  const count = found.leads.length + found.references.length;
  if (count !== stored.length) return `${count} events where the store has ${stored.length}`;
  const order = found.trail.map(({ id }) => id);
  const at = stored.findIndex(({ id }, index) => order[index] !== id);
  if (at >= 0 || order.length !== stored.length) return `the trail differs at ${at} of ${order.length}`;
  return undefined;
}

/** In the order of members in which a decoded event has them. */
const canonical = (event: RecordedEvent | undefined): object | undefined =>
  event && {
    id: event.id,
    type: event.type,
    data: event.data,
    metadata: event.metadata,
    stream: event.stream,
    revision: event.revision,
    position: event.position,
  };
