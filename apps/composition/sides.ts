import type { DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { isoTime, type Clock } from '../../libs/decider/clock.js';
import type { EventFeed } from '../../libs/event-feed/event-feed.js';
import type { EventSigner } from '../../libs/event-signing/event-signer.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { ExportsModule } from '../../libs/exports/exports.module.js';
import { ErasureModule } from '../../libs/erasure/erasure.module.js';
import { ErasureService } from '../../libs/erasure/erasure.service.js';
import { eventsSink, viewsSink } from '../../libs/erasure/erasure-sinks.js';
import type { CommandParts } from '../../libs/lead-commands/command-parts.js';
import { ContactCommands } from '../../libs/lead-commands/contact-commands.service.js';
import { EventWriter } from '../../libs/lead-commands/event-writer.js';
import { leadView } from '../../libs/lead-commands/http/lead-view.js';
import { LeadHistory } from '../../libs/lead-commands/lead-history.service.js';
import { LeadCommands } from '../../libs/lead-commands/lead-commands.service.js';
import { LeadPast } from '../../libs/lead-commands/lead-past.js';
import { LogCommands } from '../../libs/lead-commands/log-commands.service.js';
import { PlainCommands } from '../../libs/lead-commands/reference-commands.service.js';
import { ReferenceData } from '../../libs/lead-commands/reference-data.js';
import { StreamCommands } from '../../libs/lead-commands/stream-commands.js';
import { ticks, type Ticks } from '../../libs/lead-commands/ticks.js';
import { rotateEpoch } from '../../libs/personal-data/epoch-rotation.js';
import type { KeyFile } from '../../libs/personal-data/key-file.js';
import { endPepperRotation, rotatePepper } from '../../libs/personal-data/pepper-rotation.js';
import { InProcessSender } from '../../libs/lead-routing/in-process-sender.js';
import { OffersUnderWay } from '../../libs/lead-routing/offers-under-way.js';
import type { KeyStore } from '../../libs/personal-data/key-store.js';
import { PersonalData } from '../../libs/personal-data/personal-data.js';
import type { RandomBytes } from '../../libs/personal-data/random-bytes.js';
import { ProjectionRunnerModule } from '../../libs/projection-runner/projection-runner.module.js';
import { ProjectionRunner } from '../../libs/projection-runner/runner.js';
import { StoredSkips } from '../../libs/projection-runner/skipped-events.js';
import type { ViewRunner } from '../../libs/projection-runner/view-runner.js';
import type { ReadDatabase } from '../../libs/read-database/read-database.js';
import { BoardsModule, type BoardFacts } from '../../libs/team-views/boards.module.js';
import { LeadCards } from '../../libs/team-views/lead-cards.js';
import type { LeadAsOf } from '../../libs/team-views/http/leads-as-of.js';
import { NumbersModule } from '../../libs/team-views/numbers.module.js';
import { TeamViewsModule } from '../../libs/team-views/team-views.module.js';
import { allProjections } from './projections.js';
import { salesLoadSource } from './routing-facts.js';

/** The ports that everything stands on, opened. */
export interface Ports {
  readonly store: EventStore;
  readonly database: ReadDatabase;
  readonly keys: KeyStore;
  readonly ring: KeyFile;
  /** of every event that is written */
  readonly signer: EventSigner;
  readonly random: RandomBytes;
  readonly clock: Clock;
  /** default: on the system's timer */
  readonly ticks?: Ticks;
  /** of the routing in this process; default: none routes here */
  readonly offers?: OffersUnderWay;
}

/**
 * What decides and writes; its routes are `LeadCommandsModule`'s.
 *
 * @throws SigningRefused where the key that events are signed with is not one that was announced
 */
export async function commandSide({
  store,
  database,
  keys,
  ring,
  signer,
  random,
  clock,
  ticks: given,
  offers = new OffersUnderWay(),
}: Ports): Promise<CommandParts> {
  const commands = new StreamCommands(store);
  const reference = new ReferenceData(commands);
  const personalData = new PersonalData({ keys, pepper: ring.peppers[0], random });
  const parts: CommandParts = {
    commands,
    writer: new EventWriter(ring.installationSecret, personalData, random, signer),
    signer,
    reference,
    personalData,
    salesLoad: salesLoadSource(database, offers),
    secret: ring.installationSecret,
    clock,
    ticks: given ?? ticks(),
  };
  await new LogCommands(new PlainCommands(parts), parts).announceOwnKey();
  return parts;
}

/** What the office for privacy asks and does about a person. */
export function erasureModule(ports: Ports, command: CommandParts, logger: Logger, wake: () => void): DynamicModule {
  const { store, keys, ring } = ports;
  const { commands, reference, personalData } = command;
  const history = new LeadHistory(store, commands, reference, personalData);
  const contacts = new ContactCommands(new PlainCommands(command), command, keys);
  const epoch = async () => {
    const rotated = await rotateEpoch(ring, keys);
    wake();
    return rotated;
  };
  const rotations = { epoch, pepper: () => rotatePepper(ring, keys) };
  return ErasureModule.on({ store, commands, history, personalData, keys }, contacts, rotations, logger);
}

/** What erases whom it was decided to; for one process of an installation, though several do no harm. */
export function erasureService(
  ports: Ports,
  command: CommandParts,
  logger: Logger,
  mostCacheMs: number,
): ErasureService {
  const { store, database, keys, ring, clock } = ports;
  const { commands, personalData } = command;
  const contacts = new ContactCommands(new PlainCommands(command), command, keys);
  return new ErasureService({
    store,
    commands,
    keys,
    ring,
    sender: new InProcessSender(new LeadCommands(command), contacts, 'erasure'),
    sinks: [eventsSink(store, personalData), viewsSink(new LeadCards(database), personalData)],
    mostCacheMs,
    rotate: () => rotateEpoch(ring, keys),
    endPepperRotation: () => endPepperRotation(ring, keys),
    clock,
    logger,
  });
}

export const viewRunner = ({ store, database, signer, clock }: Ports, feed: EventFeed): ProjectionRunner =>
  new ProjectionRunner({ database, feed, projections: allProjections, skips: new StoredSkips(store, signer), clock });

/** The modules of all that is read: views, boards, numbers, exports, and the operation of the views. */
export function viewModules(
  { store, database, clock }: Ports,
  { reference, personalData }: CommandParts,
  runner: ViewRunner,
  { newRequestId, logger }: { readonly newRequestId: () => string; readonly logger: Logger },
): readonly DynamicModule[] {
  const teamsOf: BoardFacts['teamsOf'] = (person) => reference.teamsOf(person);
  const past = new LeadPast(store);
  const leadAsOf: LeadAsOf = async (lead, at) => {
    const known = await past.at(lead, { kind: 'known', at });
    return known && leadView(lead, known);
  };
  const facts: BoardFacts = {
    teamsOf,
    agreementAt: (time) => reference.inForce(undefined, time).agreement.content,
    clock,
  };
  return [
    TeamViewsModule.on(database, runner, teamsOf, leadAsOf),
    BoardsModule.on(database, runner, facts),
    NumbersModule.on(database, runner, facts),
    ExportsModule.on({ store, database, personalData }, logger),
    ProjectionRunnerModule.on(runner, (by) => ({ id: newRequestId(), by, at: isoTime(clock()) })),
  ];
}
