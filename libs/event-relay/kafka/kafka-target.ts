import type { Kafka, Producer, Transaction, TopicMessages } from 'kafkajs';
import type { Position, RecordedEvent } from '../../event-store/event-store.js';
import { openClient, withAdmin, type DriverLog } from '../../kafka-client/kafka-client.js';
import { KafkaFault, kafkaFault } from '../../kafka-client/kafka-fault.js';
import type { KafkaSettings } from '../../kafka-client/kafka-settings.js';
import { checkTopics } from '../../kafka-client/topics.js';
import type { PreparedBatch, RelaySession, RelayTarget } from '../relay-target.js';
import { NONCE_KEY, POSITION_KEY, readCheckpoint } from './checkpoint.js';
import { relayRequests } from './relay-records.js';

export interface KafkaTargetOptions {
  readonly settings: KafkaSettings;
  /** a fresh text each time: tells a session's own mark from all others */
  readonly newNonce: () => string;
  readonly log?: DriverLog;
  /** told of each step, so that a test can end the process just there */
  readonly onStep?: (step: 'sent' | 'committed') => void;
}

/**
 * The broker ends a transaction after it has answered; the next one's first request is refused until then, and asked
 * again after this time, not after the 300 ms of the driver.
 */
const RETRY = { initialRetryTime: 8, multiplier: 1.5, maxRetryTime: 1_000, retries: 12 };
const TRANSACTION_TIMEOUT_MS = 30_000;

interface KafkaBatch extends PreparedBatch {
  readonly requests: readonly TopicMessages[][];
}

/** The topics as the target of a relay: one transaction for a batch's events, what is sealed of them, and the position. */
export class KafkaTarget implements RelayTarget {
  constructor(private readonly options: KafkaTargetOptions) {}

  async begin(): Promise<RelaySession<KafkaBatch>> {
    const { settings, newNonce, onStep } = this.options;
    const kafka = await this.client();
    await withAdmin(kafka, settings, (admin) => checkTopics(admin, settings));
    const topic = settings.topics.relayCheckpoint;
    // A failed connect is final: sends of a producer without an id would silently not be idempotent.
    const producer = kafka.producer({
      transactionalId: `baton.relay.${topic}`,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    try {
      await producer.connect();
      // Not the connection but the first transaction is what puts an older relay out.
      const nonce = newNonce();
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ key: NONCE_KEY, value: nonce }] });
      await transaction.commit();
      const position = await readCheckpoint(kafka, topic, nonce);
      return new KafkaSession(producer, settings, position, onStep);
    } catch (error) {
      await leave(producer);
      throw kafkaFault(error);
    }
  }

  async reached(): Promise<Position | undefined> {
    return readCheckpoint(await this.client(), this.options.settings.topics.relayCheckpoint);
  }

  private client(): Promise<Kafka> {
    const { settings, log } = this.options;
    return openClient(settings, { clientId: 'baton-event-relay', retry: RETRY, ...(log ? { log } : {}) });
  }
}

class KafkaSession implements RelaySession<KafkaBatch> {
  constructor(
    private readonly producer: Producer,
    private readonly settings: KafkaSettings,
    readonly position: Position | undefined,
    private readonly onStep: KafkaTargetOptions['onStep'],
  ) {}

  prepare(events: readonly RecordedEvent[]): KafkaBatch {
    const lastPosition = events.at(-1)?.position;
    if (lastPosition === undefined) throw new KafkaFault('fatal', 'a batch has at least one event');
    return { events, lastPosition, requests: relayRequests(events, this.settings.topics) };
  }

  async publish({ requests, lastPosition }: KafkaBatch): Promise<void> {
    const checkpoint: TopicMessages = {
      topic: this.settings.topics.relayCheckpoint,
      messages: [{ key: POSITION_KEY, value: lastPosition }],
    };
    try {
      const transaction = await this.producer.transaction();
      await this.sendAll(transaction, requests, checkpoint);
      this.onStep?.('sent');
      await transaction.commit();
      this.onStep?.('committed');
    } catch (error) {
      throw kafkaFault(error);
    }
  }

  close(): Promise<void> {
    return leave(this.producer);
  }

  private async sendAll(
    transaction: Transaction,
    requests: readonly TopicMessages[][],
    checkpoint: TopicMessages,
  ): Promise<void> {
    for (const [at, request] of requests.entries()) {
      const isLast = at === requests.length - 1;
      await transaction.sendBatch({ acks: -1, topicMessages: isLast ? [...request, checkpoint] : request });
    }
  }
}

const LONGEST_GOODBYE_MS = 2_000;

/** A broker that is gone does not answer a goodbye. */
async function leave(producer: Producer): Promise<void> {
  const gone = producer.disconnect().catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_GOODBYE_MS)));
  await Promise.race([gone, late]);
  clearTimeout(timer);
}
