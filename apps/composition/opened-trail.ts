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
 * The trail of a process, and what is asked of the index that is kept with it.
 *
 * @throws what opening it throws; nothing is then left open
 */
export async function openedTrail<T extends Trail>(
  { folder }: TrailPlace,
  open: (observe: (seen: TrailObservation) => void) => Promise<T>,
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): Promise<OpenedTrail<T>> {
  const trail = await open(trailObserver(metrics, logger));
  try {
    return { trail, queries: new TrailQueries(folder) };
  } catch (fault) {
    await trail.stop();
    throw fault;
  }
}
