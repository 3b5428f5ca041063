import type { Message, TopicMessages } from 'kafkajs';
import { encodeCloudEvent, type KafkaRecord } from '../../contracts/cloud-event.js';
import { isLeadStream, type TopicNames } from '../../contracts/topics.js';
import { encodeTrailRecord } from '../../contracts/trail-record.js';
import type { RecordedEvent } from '../../event-store/event-store.js';

/** Bytes of one request: what goes to one partition becomes one record batch, and topics take 8 MiB of that. */
const MOST_REQUEST_BYTES = 4 * 1024 * 1024;
/** What a record takes beside its value: key, headers, lengths. */
const HEADER_BYTES = 450;

/** The records of events, as requests that Kafka takes one after the other in one transaction. */
export function relayRequests(events: readonly RecordedEvent[], topics: TopicNames): TopicMessages[][] {
  const requests: TopicMessages[][] = [];
  let request = new RequestUnderWay(topics);
  for (const event of events) {
    if (!request.add(event)) {
      requests.push(request.topicMessages());
      request = new RequestUnderWay(topics);
      request.add(event);
    }
  }
  requests.push(request.topicMessages());
  return requests;
}

class RequestUnderWay {
  private readonly leads: Message[] = [];
  private readonly references: Message[] = [];
  private readonly trail: Message[] = [];
  private bytes = 0;

  constructor(private readonly topics: TopicNames) {}

  /** Whether there was room; the first event always has some. */
  add(event: RecordedEvent): boolean {
    const [record, sealed] = [messageOf(encodeCloudEvent(event)), messageOf(encodeTrailRecord(event))];
    const bytes = record.value.length + sealed.value.length + 2 * HEADER_BYTES;
    if (this.bytes > 0 && this.bytes + bytes > MOST_REQUEST_BYTES) return false;
    this.bytes += bytes;
    (isLeadStream(event.stream) ? this.leads : this.references).push(record);
    this.trail.push({ ...sealed, partition: 0 });
    return true;
  }

  topicMessages(): TopicMessages[] {
    const { leadEvents, referenceEvents, trail } = this.topics;
    return [
      { topic: leadEvents, messages: this.leads },
      { topic: referenceEvents, messages: this.references },
      { topic: trail, messages: this.trail },
    ].filter(({ messages }) => messages.length > 0);
  }
}

const messageOf = ({ key, value, headers }: KafkaRecord): Message & { value: Buffer } => ({
  key,
  value: Buffer.from(value),
  headers,
});
