import type { Logger } from 'pino';
import { InProcessFeed } from '../../libs/event-feed/in-process-feed.js';
import { kafkaRelay } from '../../libs/event-relay/open-relay.js';
import { relayProblem } from '../../libs/event-relay/relay-health.js';
import type { RateLimit } from '../../libs/http-kit/rate-limit.js';
import { Readiness } from '../../libs/http-kit/readiness.js';
import { createServer } from '../../libs/http-kit/server.js';
import type { TokenVerifier } from '../../libs/http-kit/token-verifier.js';
import { ContactCommands } from '../../libs/lead-commands/contact-commands.service.js';
import { LeadCommands } from '../../libs/lead-commands/lead-commands.service.js';
import { LeadCommandsModule } from '../../libs/lead-commands/lead-commands.module.js';
import { LeadFeedModule, type FeedTimes } from '../../libs/lead-feed/lead-feed.module.js';
import { referenceStreams } from '../../libs/lead-commands/reference-streams.js';
import { InProcessSender } from '../../libs/lead-routing/in-process-sender.js';
import { OffersUnderWay } from '../../libs/lead-routing/offers-under-way.js';
import { RoutingMemory } from '../../libs/lead-routing/routing-tables.js';
import { RoutingService } from '../../libs/lead-routing/routing.service.js';
import { AuditLogModule } from '../../libs/ownership-trail/http/audit-log.module.js';
import { servedTrail } from '../../libs/ownership-trail/served-trail.js';
import { watchTrail } from '../../libs/ownership-trail/trail-health.js';
import type { TrailPlace } from '../../libs/ownership-trail/trail-set-up.js';
import { watchedKeyStore, type WatchedKeyStore } from '../../libs/personal-data/watched-key-store.js';
import type { ViewRunner } from '../../libs/projection-runner/view-runner.js';
import { Metrics } from '../../libs/telemetry/metrics.js';
import { translateFault, watchErasure, watchKeys, watchRouting, watchViews } from '../composition/health.js';
import { openedTrail, type OpenedTrail } from '../composition/opened-trail.js';
import { RootModule } from '../composition/root-module.js';
import { routingViews } from '../composition/routing-facts.js';
import {
  commandSide,
  erasureModule,
  erasureService,
  viewModules,
  viewRunner,
  type Ports,
} from '../composition/sides.js';
import type { OpenTrail } from './embedded-trail.js';
import type { Settings } from './settings.js';

export interface BatonParts extends Ports {
  readonly settings: Settings;
  readonly trail: { readonly place: TrailPlace; readonly open: OpenTrail };
  /** the runner of the views; default: one in this thread */
  readonly views?: ViewRunner;
  /** why the store takes nothing any more, in fixed words; undefined while it does */
  readonly storeFault?: () => string | undefined;
  readonly newRequestId: () => string;
  readonly verifyToken: TokenVerifier;
  readonly logger: Logger;
  /** failed authentications from one address; for tests */
  readonly failureLimit?: RateLimit;
  /** of the live feed of events; for tests */
  readonly feedTimes?: FeedTimes;
  readonly closeStores: () => Promise<void>;
}

export interface Running {
  /** such as `http://127.0.0.1:3000` */
  readonly url: string;
  /** Finishes what is under way, then closes everything. */
  readonly stop: () => Promise<void>;
}

/** Puts the parts together and listens: commands, views and routing in one process, and the relay where Kafka is set. */
export async function composeBaton(given: BatonParts): Promise<Running> {
  const parts = { ...given, keys: watchedKeyStore(given.keys, () => performance.now()) };
  const metrics = new Metrics();
  // It opens while the views catch up.
  const { place, open } = parts.trail;
  const opening = openedTrail(place, open, { metrics, logger: parts.logger });
  opening.catch(() => undefined);
  try {
    return await composeOn(opening, metrics, parts);
  } catch (fault) {
    const opened = await opening.catch(() => undefined);
    await opened?.queries.stop();
    await opened?.trail.stop();
    throw fault;
  }
}

type WatchedParts = BatonParts & { readonly keys: WatchedKeyStore };

async function composeOn(opening: Promise<OpenedTrail>, metrics: Metrics, parts: WatchedParts): Promise<Running> {
  const { settings, store, database, keys, clock, logger, newRequestId } = parts;
  const feed = new InProcessFeed(store);
  const runner = parts.views ?? viewRunner(parts, feed);
  const offers = new OffersUnderWay();
  const command = await commandSide({ ...parts, offers });
  const { reference } = command;

  await runner.start();
  // Every decision looks at teams, policies and agreements: all of them are known before anything is accepted.
  await runner.whenCaughtUp();
  let opened: OpenedTrail;
  try {
    for (const stream of await referenceStreams(database)) await reference.refresh(stream);
    opened = await opening;
  } catch (fault) {
    // Nothing may go on working on stores that are closed next.
    await runner.stop();
    throw fault;
  }

  const { trail, queries } = opened;
  // The only process: erasing through its own key store drops what it remembers of keys at once.
  const erasure = erasureService(parts, command, logger, 0);
  metrics.collectProcess();
  const server = await createServer(
    RootModule.of(
      LeadCommandsModule.on(command, store, keys, logger),
      erasureModule(parts, command, logger, () => erasure.wake()),
      ...viewModules(parts, command, runner, { newRequestId, logger }),
      LeadFeedModule.on(
        store,
        { teamsOf: (person) => reference.teamsOf(person), verifyToken: parts.verifyToken },
        { clock, metrics, ...(parts.feedTimes ? { times: parts.feedTimes } : {}) },
      ),
      AuditLogModule.on(servedTrail(parts.trail.place, store)),
      queries.module((person) => reference.teamsOf(person)),
    ),
    {
      host: settings.host,
      port: settings.port,
      verifyToken: parts.verifyToken,
      api: { title: 'Baton', description: 'The shared, provable history of every lead.', version: '1' },
      logger,
      metrics,
      clock,
      newRequestId,
      translateFault,
      ...(settings.rateLimit ? { rateLimit: settings.rateLimit } : {}),
      ...(parts.failureLimit ? { failureLimit: parts.failureLimit } : {}),
    },
  );
  const routing = new RoutingService({
    feed,
    memory: new RoutingMemory(database),
    sender: new InProcessSender(server.app.get(LeadCommands), server.app.get(ContactCommands), 'lead-routing'),
    views: routingViews(database, runner, reference),
    offers,
    reference,
    commands: command.commands,
    store,
    clock,
    logger,
  });
  // Nothing is decided or served before all fences stand.
  await erasure.start();
  await routing.start();
  const readiness = server.app.get(Readiness);
  const relay =
    settings.kafka && kafkaRelay({ store, settings: settings.kafka, clock, newNonce: newRequestId, metrics, logger });
  if (relay) {
    relay.start();
    readiness.register('relay', () => relayProblem(relay));
  }
  readiness.register('event-store', () => Promise.resolve(parts.storeFault?.()));
  watchKeys(keys, readiness);
  watchViews(runner, readiness, metrics);
  watchRouting(routing, readiness, metrics);
  watchErasure(erasure, readiness, metrics);
  watchTrail(trail, readiness, metrics);

  const stop = async (): Promise<void> => {
    await server.stop();
    await routing.stop();
    await erasure.stop();
    await relay?.stop();
    await runner.stop();
    await trail.stop();
    await queries.stop();
    await parts.closeStores();
  };
  return { url: await server.listen(), stop };
}
