import { UnknownEvent } from '../../libs/contracts/unknown-event.js';
import { StoreFault } from '../../libs/event-store/event-store.js';
import type { FaultTranslation } from '../../libs/http-kit/problem.filter.js';
import { overloaded, unknownEvent } from '../../libs/http-kit/problem-exception.js';
import type { Readiness } from '../../libs/http-kit/readiness.js';
import { LineFull } from '../../libs/lead-commands/stream-lines.js';
import type { ErasureService } from '../../libs/erasure/erasure.service.js';
import type { RoutingService } from '../../libs/lead-routing/routing.service.js';
import { NotIndexedYet } from '../../libs/ownership-trail/trail-answers.js';
import { KeyStoreFault } from '../../libs/personal-data/key-store.js';
import type { WatchedKeyStore } from '../../libs/personal-data/watched-key-store.js';
import type { ViewRunner } from '../../libs/projection-runner/view-runner.js';
import { ReadDatabaseUnavailable } from '../../libs/read-database/read-database.js';
import type { Metrics } from '../../libs/telemetry/metrics.js';

const SECONDS_TO_A_NEWER_PROCESS = 30;
const MOST_BEHIND_MS = 60_000;
/** Other processes may hold a key for a minute; the rest takes seconds. */
const MOST_ERASING_MS = 600_000;
const MOST_LIVE_MS = 30 * 86_400_000;

/** Faults of the stores are answered as what they are to the caller: try again. */
export const translateFault: FaultTranslation = (fault) => {
  if (fault instanceof NotIndexedYet) return overloaded(1, 'The index of the log is being built.', fault);
  if (fault instanceof UnknownEvent) return unknownEvent(SECONDS_TO_A_NEWER_PROCESS, fault);
  if (fault instanceof LineFull) return overloaded(1, undefined, fault);
  const away = STORES.find(({ kind }) => fault instanceof kind);
  return away && overloaded(1, `${away.name} cannot work just now. A command may be sent again under its key.`, fault);
};

const STORES = [
  { kind: StoreFault, name: 'The event store' },
  { kind: KeyStoreFault, name: 'The store of keys' },
  { kind: ReadDatabaseUnavailable, name: 'The database of views' },
] as const;

/** Without keys no person can be added or read. */
export function watchKeys(keys: WatchedKeyStore, readiness: Readiness): void {
  readiness.register('keys', () => keys.problem());
}

/** Views that stand still or lag behind make the process unready; their ages are metrics. */
export function watchViews(runner: ViewRunner, readiness: Readiness, metrics: Metrics): void {
  readiness.register('views', async () => {
    const failing = (await runner.status()).find((view) => view.fault !== undefined || view.behindMs > MOST_BEHIND_MS);
    return failing && `${failing.projection}: ${failing.fault ?? `${failing.behindMs} ms behind`}`;
  });
  metrics.gauge('baton_views_behind_seconds', 'Age of the oldest event that some view does not have yet.', async () => {
    return Math.max(0, ...(await runner.status()).map((view) => view.behindMs)) / 1000;
  });
  metrics.gauge('baton_views_parked_streams', 'Streams that wait among the dead letters, over all views.', async () => {
    return (await runner.status()).reduce((sum, view) => sum + view.parkedStreams, 0);
  });
  metrics.gauge('baton_views_oldest_parked_seconds', 'Age of the oldest dead letter of any view.', async () => {
    return Math.max(0, ...(await runner.status()).map((view) => view.oldestParkedMs)) / 1000;
  });
}

/** The same for the automatic flow. */
export function watchRouting(routing: RoutingService, readiness: Readiness, metrics: Metrics): void {
  readiness.register('routing', async () => {
    const behind = await routing.behindMs();
    return behind > MOST_BEHIND_MS ? `${behind} ms behind` : undefined;
  });
  metrics.gauge('baton_routing_behind_seconds', 'Age of the oldest event that lead-routing has not done.', async () => {
    return (await routing.behindMs()) / 1000;
  });
}

/** An erasure that is not done, or not final in time, is an error that is shown until it is. */
export function watchErasure(erasure: ErasureService, readiness: Readiness, metrics: Metrics): void {
  readiness.register('erasure', async () => {
    const { oldestApprovedMs, oldestLiveMs, fault } = await erasure.status();
    if (oldestApprovedMs > MOST_ERASING_MS) return `not done for ${oldestApprovedMs} ms: ${fault ?? 'under way'}`;
    return oldestLiveMs > MOST_LIVE_MS ? 'keys of erased people can still be in backups: begin a key epoch' : undefined;
  });
  metrics.gauge('baton_erasure_approved_seconds', 'Age of the oldest approved erasure that is not done.', async () => {
    return (await erasure.status()).oldestApprovedMs / 1000;
  });
  metrics.gauge(
    'baton_erasure_live_seconds',
    'Age of the oldest erasure whose keys old backups still hold.',
    async () => {
      return (await erasure.status()).oldestLiveMs / 1000;
    },
  );
}
