import type { Logger } from 'pino';
import type { Metrics } from '../telemetry/metrics.js';
import { describeFault } from '../telemetry/fault-description.js';
import type { EventRelay, RelayObservation } from './event-relay.js';

const MOST_BEHIND_MS = 60_000;

/** Why a relay should not be called ready, by the age of what waits; undefined while all is well. */
export async function relayProblem(relay: EventRelay, mostBehindMs = MOST_BEHIND_MS): Promise<string | undefined> {
  const { state, behindMs, fault } = await relay.status();
  if (behindMs > mostBehindMs) return fault ?? `${behindMs} ms behind`;
  return state === 'starting' && fault !== undefined ? fault : undefined;
}

/** What a relay does, to the log and as metrics; to be given to it as `observe`. */
export function relayObserver(metrics: Metrics, logger: Logger): (seen: RelayObservation) => void {
  const events = metrics.counter('baton_relay_events_total', 'Events that the relay published.');
  const batches = metrics.histogram('baton_relay_batch_duration_seconds', 'Time that a batch took to publish.');
  const faults = metrics.counter('baton_relay_faults_total', 'Faults after which the relay began again.', ['fault']);
  return (seen) => {
    switch (seen.kind) {
      case 'published':
        events.inc(seen.events);
        batches.observe(seen.seconds);
        break;
      case 'fault':
        faults.inc({ fault: seen.fault.name });
        logger.warn({ fault: describeFault(seen.fault) }, 'the relay stands still and will try again');
        break;
      case 'began':
        logger.info({ position: seen.position }, 'the relay goes on');
        break;
      case 'stands-by':
        logger.warn('another relay has taken over; this one stands by');
    }
  };
}

/** Gauges of a relay: ages, not only counts. */
export function gaugeRelay(relay: EventRelay, metrics: Metrics): void {
  metrics.gauge('baton_relay_behind_seconds', 'Age of the oldest event that is not published.', async () => {
    return (await relay.status()).behindMs / 1_000;
  });
  metrics.gauge('baton_relay_relaying', 'Whether this relay is the one that publishes: 1 or 0.', async () => {
    return (await relay.status()).state === 'relaying' ? 1 : 0;
  });
}
