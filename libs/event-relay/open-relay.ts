import type { Logger } from 'pino';
import type { Clock } from '../decider/clock.js';
import type { KafkaSettings } from '../kafka-client/kafka-settings.js';
import type { Metrics } from '../telemetry/metrics.js';
import { EventRelay, type RelayStore } from './event-relay.js';
import { KafkaTarget } from './kafka/kafka-target.js';
import { gaugeRelay, relayObserver } from './relay-health.js';

export interface KafkaRelayParts {
  readonly store: RelayStore;
  readonly settings: KafkaSettings;
  readonly clock: Clock;
  /** a fresh text each time, such as a UUID */
  readonly newNonce: () => string;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** A relay from a store to Kafka, seen in log and metrics; `start` sets it going. */
export function kafkaRelay({ store, settings, clock, newNonce, metrics, logger }: KafkaRelayParts): EventRelay {
  const target = new KafkaTarget({ settings, newNonce, log: (message) => logger.debug({ message }, 'kafka') });
  const relay = new EventRelay({ store, target, clock, observe: relayObserver(metrics, logger) });
  gaugeRelay(relay, metrics);
  return relay;
}
