#!/usr/bin/env node
import 'reflect-metadata';
import { kafkaRelay } from '../../libs/event-relay/open-relay.js';
import { relayProblem } from '../../libs/event-relay/relay-health.js';
import { runService } from '../composition/run-service.js';

await runService({
  name: 'event-relay',
  description: 'Publishes every event of the event store to Kafka, exactly once.',
  port: 3003,
  needs: ['event-store', 'kafka'],
  async start({ settings, opened, logger, metrics, newId }) {
    const store = await opened.store();
    const relay = kafkaRelay({ store, settings: settings.kafka, clock: Date.now, newNonce: newId, metrics, logger });
    relay.start();
    return {
      watch: (readiness) => readiness.register('relay', () => relayProblem(relay)),
      stop: () => relay.stop(),
    };
  },
});
