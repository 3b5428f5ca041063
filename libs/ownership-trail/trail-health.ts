import type { Logger } from 'pino';
import type { Readiness } from '../http-kit/readiness.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Trail, TrailObservation } from './trail-status.js';

/** The merge delay: an event that is older has its leaf, and a leaf its published checkpoint, or somebody must look. */
export const MERGE_DELAY_MS = 60_000;

/** Why the trail is not as it should be, in fixed words; undefined while all is well. */
export async function trailProblem(trail: Trail): Promise<string | undefined> {
  const { state, alarm, fault, unsealedMs, unpublishedMs, missing } = await trail.status();
  if (alarm) return alarm.eventId === undefined ? alarm.rule : `event ${alarm.eventId}: ${alarm.rule}`;
  if (state === 'stopped') return 'nothing is sealed any more';
  if (unsealedMs > MERGE_DELAY_MS) return fault ?? `an event waits for its leaf since ${unsealedMs} ms`;
  if (unpublishedMs > MERGE_DELAY_MS)
    return [`no checkpoint was published for ${unpublishedMs} ms`, ...missing].join('; ');
  return undefined;
}

export function watchTrail(trail: Trail, readiness: Readiness, metrics: Metrics): void {
  readiness.register('trail', () => trailProblem(trail));
  readiness.register('trail-index', async () => (await trail.status()).indexFault);
  metrics.gauge('baton_trail_size', 'Leaves of the trail.', async () => (await trail.status()).size);
  metrics.gauge('baton_trail_published_size', 'Leaves under the last published checkpoint.', async () => {
    return (await trail.status()).publishedSize;
  });
  metrics.gauge('baton_trail_unsealed_seconds', 'Age of the oldest event without a leaf.', async () => {
    return (await trail.status()).unsealedMs / 1_000;
  });
  metrics.gauge(
    'baton_trail_unpublished_seconds',
    'Age of the oldest leaf that no published checkpoint covers.',
    async () => {
      return (await trail.status()).unpublishedMs / 1_000;
    },
  );
  metrics.gauge('baton_trail_alarm', 'Whether something is wrong that somebody must look at: 1 or 0.', async () => {
    return (await trail.status()).alarm === undefined ? 0 : 1;
  });
}

/** What the trail does, to the log and as metrics; to be given to it as `observe`. */
export function trailObserver(metrics: Metrics, logger: Logger): (seen: TrailObservation) => void {
  const leaves = metrics.counter('baton_trail_leaves_total', 'Leaves that this process sealed.');
  const batches = metrics.histogram(
    'baton_trail_batch_duration_seconds',
    'Time from a batch of events to its signed checkpoint.',
  );
  const faults = metrics.counter('baton_trail_faults_total', 'Faults after which it was tried again.', ['at']);
  return (seen) => {
    switch (seen.kind) {
      case 'checked':
        logger.info({ leaves: seen.size }, 'the trail is whole and goes on');
        break;
      case 'sealed':
        leaves.inc(seen.leaves);
        batches.observe(seen.seconds);
        break;
      case 'unwitnessed':
        logger.warn({ missing: seen.missing }, 'no quorum of witnesses: the checkpoint is not published yet');
        break;
      case 'alarm':
        logger.error({ ...seen.alarm }, 'the trail raises an alarm');
        break;
      case 'alarm-over':
        logger.warn({ ...seen.alarm }, 'the alarm of the trail is over');
        break;
      case 'fault':
        faults.inc({ at: seen.at });
        logger.warn({ at: seen.at, fault: seen.fault }, 'the trail stands still and will try again');
        break;
      case 'index-stands-still':
        logger.error({ fault: seen.fault }, 'the index of the log stands still');
        break;
      case 'index-goes-on':
        logger.info('the index of the log goes on');
        break;
      case 'published':
      case 'compared':
        logger.debug({ ...seen }, 'trail');
    }
  };
}
