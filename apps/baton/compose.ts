import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { UnknownEvent } from '../../libs/contracts/unknown-event.js';
import { isoTime, type Clock } from '../../libs/decider/clock.js';
import { InProcessFeed } from '../../libs/event-feed/in-process-feed.js';
import { StoreFault, type EventStore } from '../../libs/event-store/event-store.js';
import { ExportsModule } from '../../libs/exports/exports.module.js';
import type { FaultTranslation } from '../../libs/http-kit/problem.filter.js';
import { overloaded, unknownEvent } from '../../libs/http-kit/problem-exception.js';
import { Readiness } from '../../libs/http-kit/readiness.js';
import { createServer } from '../../libs/http-kit/server.js';
import type { TokenVerifier } from '../../libs/http-kit/token-verifier.js';
import type { CommandParts } from '../../libs/lead-commands/command-parts.js';
import { ContactCommands } from '../../libs/lead-commands/contact-commands.service.js';
import { EventWriter } from '../../libs/lead-commands/event-writer.js';
import { senderOf } from '../../libs/lead-commands/http/command-answer.js';
import { leadView } from '../../libs/lead-commands/http/lead-view.js';
import { LeadHistory } from '../../libs/lead-commands/lead-history.service.js';
import { LeadCommands } from '../../libs/lead-commands/lead-commands.service.js';
import { LeadCommandsModule } from '../../libs/lead-commands/lead-commands.module.js';
import { ReferenceData } from '../../libs/lead-commands/reference-data.js';
import { referenceStreams } from '../../libs/lead-commands/reference-streams.js';
import { StreamCommands } from '../../libs/lead-commands/stream-commands.js';
import { LineFull } from '../../libs/lead-commands/stream-lines.js';
import { LeadFeedModule, type FeedTimes } from '../../libs/lead-feed/lead-feed.module.js';
import { InProcessSender } from '../../libs/lead-routing/in-process-sender.js';
import { RoutingMemory } from '../../libs/lead-routing/routing-tables.js';
import { RoutingService } from '../../libs/lead-routing/routing.service.js';
import type { KeyRing } from '../../libs/personal-data/key-ring.js';
import { KeyStoreFault, type KeyStore } from '../../libs/personal-data/key-store.js';
import { PersonalData } from '../../libs/personal-data/personal-data.js';
import type { RandomBytes } from '../../libs/personal-data/random-bytes.js';
import { ProjectionRunnerModule } from '../../libs/projection-runner/projection-runner.module.js';
import { ProjectionRunner } from '../../libs/projection-runner/runner.js';
import { StoredSkips } from '../../libs/projection-runner/skipped-events.js';
import { ReadDatabaseUnavailable, type ReadDatabase } from '../../libs/read-database/read-database.js';
import { BoardsModule, type BoardFacts } from '../../libs/team-views/boards.module.js';
import type { LeadAsOf } from '../../libs/team-views/http/leads-as-of.js';
import { NumbersModule } from '../../libs/team-views/numbers.module.js';
import { TeamViewsModule } from '../../libs/team-views/team-views.module.js';
import { Metrics } from '../../libs/telemetry/metrics.js';
import { allProjections } from './projections.js';
import { routingViews, salesLoadSource } from './routing-facts.js';
import type { Settings } from './settings.js';

export interface BatonParts {
  readonly settings: Settings;
  readonly store: EventStore;
  /** why the store takes nothing any more, in fixed words; undefined while it does */
  readonly storeFault?: () => string | undefined;
  readonly database: ReadDatabase;
  readonly keys: KeyStore;
  readonly ring: KeyRing;
  readonly random: RandomBytes;
  readonly newRequestId: () => string;
  readonly clock: Clock;
  readonly verifyToken: TokenVerifier;
  readonly logger: Logger;
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

@Module({})
class BatonModule {
  static of(...imports: DynamicModule[]): DynamicModule {
    return { module: BatonModule, imports };
  }
}

/** Puts the parts together and listens: commands, views and routing in one process. */
export async function composeBaton(parts: BatonParts): Promise<Running> {
  const { settings, store, database, keys, ring, random, clock, logger } = parts;
  const feed = new InProcessFeed(store);
  const runner = new ProjectionRunner({
    database,
    feed,
    projections: allProjections,
    skips: new StoredSkips(store),
    clock,
  });
  const commands = new StreamCommands(store);
  const reference = new ReferenceData(commands);
  const personalData = new PersonalData({ keys, pepper: ring.pepper, random });
  const commandParts: CommandParts = {
    commands,
    writer: new EventWriter(ring.installationSecret, personalData, random),
    reference,
    personalData,
    salesLoad: salesLoadSource(database, reference),
    secret: ring.installationSecret,
    clock,
  };

  await runner.start();
  // Every decision looks at teams, policies and agreements: all of them are known before anything is accepted.
  await runner.whenCaughtUp();
  try {
    for (const stream of await referenceStreams(database)) await reference.refresh(stream);
  } catch (fault) {
    // Nothing may go on working on stores that are closed next.
    await runner.stop();
    throw fault;
  }

  const metrics = new Metrics();
  metrics.collectProcess();
  const commandModule = LeadCommandsModule.on(commandParts, store, keys, logger);
  const history = new LeadHistory(store, commands, reference, personalData);
  const leadAsOf: LeadAsOf = async (lead, at, caller) => {
    const known = await history.at(lead, { kind: 'known', at }, senderOf(caller));
    return known && leadView(lead, known);
  };
  const viewModule = TeamViewsModule.on(database, runner, (person) => reference.teamsOf(person), leadAsOf);
  const boardFacts: BoardFacts = {
    teamsOf: (person) => reference.teamsOf(person),
    agreementAt: (time) => reference.inForce(undefined, time).agreement.content,
    clock,
  };
  const boardsModule = BoardsModule.on(database, runner, boardFacts);
  const numbersModule = NumbersModule.on(database, runner, boardFacts);
  const operationModule = ProjectionRunnerModule.on(runner, (by) => {
    return { id: parts.newRequestId(), by, at: isoTime(clock()) };
  });
  const feedModule = LeadFeedModule.on(
    store,
    { teamsOf: (person) => reference.teamsOf(person), verifyToken: parts.verifyToken },
    { clock, metrics, ...(parts.feedTimes ? { times: parts.feedTimes } : {}) },
  );
  const exportModule = ExportsModule.on({ store, database, personalData }, logger);
  const server = await createServer(
    BatonModule.of(commandModule, viewModule, boardsModule, numbersModule, exportModule, feedModule, operationModule),
    {
      host: settings.host,
      port: settings.port,
      verifyToken: parts.verifyToken,
      api: { title: 'Baton', description: 'The shared, provable history of every lead.', version: '1' },
      logger,
      metrics,
      clock,
      newRequestId: parts.newRequestId,
      translateFault,
      ...(settings.rateLimit ? { rateLimit: settings.rateLimit } : {}),
    },
  );
  const routing = new RoutingService({
    feed,
    memory: new RoutingMemory(database),
    sender: new InProcessSender(server.app.get(LeadCommands), server.app.get(ContactCommands)),
    views: routingViews(database, runner, reference),
    reference,
    store,
    clock,
    logger,
  });
  await routing.start();
  watch(server.app.get(Readiness), metrics, runner, routing, parts.storeFault ?? (() => undefined));

  const stop = async (): Promise<void> => {
    await server.stop();
    await routing.stop();
    await runner.stop();
    await parts.closeStores();
  };
  return { url: await server.listen(), stop };
}

/** Faults of the stores are answered as what they are to the caller: try again. */
const translateFault: FaultTranslation = (fault) => {
  if (fault instanceof UnknownEvent) return unknownEvent(SECONDS_TO_A_NEWER_PROCESS, fault);
  return fault instanceof StoreFault ||
    fault instanceof KeyStoreFault ||
    fault instanceof ReadDatabaseUnavailable ||
    fault instanceof LineFull
    ? overloaded(1, undefined, fault)
    : undefined;
};
const SECONDS_TO_A_NEWER_PROCESS = 30;

const MOST_BEHIND_MS = 60_000;

function watch(
  readiness: Readiness,
  metrics: Metrics,
  runner: ProjectionRunner,
  routing: RoutingService,
  storeFault: () => string | undefined,
): void {
  readiness.register('event-store', () => Promise.resolve(storeFault()));
  readiness.register('views', async () => {
    const failing = (await runner.status()).find((view) => view.fault !== undefined || view.behindMs > MOST_BEHIND_MS);
    return failing && `${failing.projection}: ${failing.fault ?? `${failing.behindMs} ms behind`}`;
  });
  readiness.register('routing', async () => {
    const behind = await routing.behindMs();
    return behind > MOST_BEHIND_MS ? `${behind} ms behind` : undefined;
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
  metrics.gauge('baton_routing_behind_seconds', 'Age of the oldest event that lead-routing has not done.', async () => {
    return (await routing.behindMs()) / 1000;
  });
}
