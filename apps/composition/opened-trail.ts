import type { Logger } from 'pino';
import { trailObserver } from '../../libs/ownership-trail/trail-health.js';
import { TrailQueries } from '../../libs/ownership-trail/trail-queries.js';
import type { TrailPlace } from '../../libs/ownership-trail/trail-set-up.js';
import type { Trail, TrailObservation } from '../../libs/ownership-trail/trail-status.js';
import type { Metrics } from '../../libs/telemetry/metrics.js';

export interface OpenedTrail<T extends Trail = Trail> {
  readonly trail: T;
  readonly queries: TrailQueries;
}

/**
 * The trail of a process, and the index of it, which hears of each checkpoint.
 *
 * @throws what opening either of them throws; nothing is then left open
 */
export async function openedTrail<T extends Trail>(
  { folder }: TrailPlace,
  open: (observe: (seen: TrailObservation) => void) => Promise<T>,
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): Promise<OpenedTrail<T>> {
  const queries = await TrailQueries.open(folder, logger);
  const observe = trailObserver(metrics, logger);
  try {
    const trail = await open((seen) => {
      observe(seen);
      queries.seen(seen);
    });
    return { trail, queries };
  } catch (refusal) {
    await queries.stop();
    throw refusal;
  }
}
