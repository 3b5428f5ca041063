import type { DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { isoTime, type Clock } from '../../libs/decider/clock.js';
import type { EventFeed } from '../../libs/event-feed/event-feed.js';
import type { EventSigner } from '../../libs/event-signing/event-signer.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { ExportsModule } from '../../libs/exports/exports.module.js';
import type { CommandParts } from '../../libs/lead-commands/command-parts.js';
import { EventWriter } from '../../libs/lead-commands/event-writer.js';
import { senderOf } from '../../libs/lead-commands/http/command-answer.js';
import { leadView } from '../../libs/lead-commands/http/lead-view.js';
import { LeadHistory } from '../../libs/lead-commands/lead-history.service.js';
import { ReferenceData } from '../../libs/lead-commands/reference-data.js';
import { StreamCommands } from '../../libs/lead-commands/stream-commands.js';
import type { KeyRing } from '../../libs/personal-data/key-ring.js';
import type { KeyStore } from '../../libs/personal-data/key-store.js';
import { PersonalData } from '../../libs/personal-data/personal-data.js';
import type { RandomBytes } from '../../libs/personal-data/random-bytes.js';
import { ProjectionRunnerModule } from '../../libs/projection-runner/projection-runner.module.js';
import { ProjectionRunner } from '../../libs/projection-runner/runner.js';
import { StoredSkips } from '../../libs/projection-runner/skipped-events.js';
import type { ReadDatabase } from '../../libs/read-database/read-database.js';
import { BoardsModule, type BoardFacts } from '../../libs/team-views/boards.module.js';
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
  readonly ring: KeyRing;
  /** of every event that is written */
  readonly signer: EventSigner;
  readonly random: RandomBytes;
  readonly clock: Clock;
}

/** What decides and writes; its routes are `LeadCommandsModule`'s. */
export function commandSide({ store, database, keys, ring, signer, random, clock }: Ports): CommandParts {
  const commands = new StreamCommands(store);
  const reference = new ReferenceData(commands);
  const personalData = new PersonalData({ keys, pepper: ring.pepper, random });
  return {
    commands,
    writer: new EventWriter(ring.installationSecret, personalData, random, signer),
    reference,
    personalData,
    salesLoad: salesLoadSource(database, reference),
    secret: ring.installationSecret,
    clock,
  };
}

export const viewRunner = ({ store, database, signer, clock }: Ports, feed: EventFeed): ProjectionRunner =>
  new ProjectionRunner({ database, feed, projections: allProjections, skips: new StoredSkips(store, signer), clock });

/** The modules of all that is read: views, boards, numbers, exports, and the operation of the views. */
export function viewModules(
  { store, database, clock }: Ports,
  { commands, reference, personalData }: CommandParts,
  runner: ProjectionRunner,
  { newRequestId, logger }: { readonly newRequestId: () => string; readonly logger: Logger },
): readonly DynamicModule[] {
  const teamsOf: BoardFacts['teamsOf'] = (person) => reference.teamsOf(person);
  const history = new LeadHistory(store, commands, reference, personalData);
  const leadAsOf: LeadAsOf = async (lead, at, caller) => {
    const known = await history.at(lead, { kind: 'known', at }, senderOf(caller));
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
