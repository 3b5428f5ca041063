import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { EventStore } from '../event-store/event-store.js';
import type { KeyStore } from '../personal-data/key-store.js';
import type { CommandParts } from './command-parts.js';
import { ContactCommands } from './contact-commands.service.js';
import { BatchCreation } from './http/batch-creation.js';
import { ContactsController } from './http/contacts.controller.js';
import { HandoffCommandsController } from './http/handoff-commands.controller.js';
import { LeadCommandRunner } from './http/lead-command-runner.js';
import { LogDecisionsController } from './http/log-decisions.controller.js';
import { LeadsController } from './http/leads.controller.js';
import { MarketingCommandsController } from './http/marketing-commands.controller.js';
import { SalesCommandsController } from './http/sales-commands.controller.js';
import { TeamsController } from './http/teams.controller.js';
import { AgreementsController, PoliciesController } from './http/versions.controller.js';
import { LeadCommands } from './lead-commands.service.js';
import { LeadCreation } from './lead-creation.js';
import { LogCommands } from './log-commands.service.js';
import { LeadHistory } from './lead-history.service.js';
import { PlainCommands, ReferenceCommands } from './reference-commands.service.js';
import { ReferenceData } from './reference-data.js';
import { StreamCommands } from './stream-commands.js';
import { ACCESS_LOG, CLOCK } from './tokens.js';

/** Commands and a lead's own history, with their routes. */
@Module({})
export class LeadCommandsModule {
  static on(parts: CommandParts, store: EventStore, keys: KeyStore, logger: Logger): DynamicModule {
    const { commands, reference, personalData, clock } = parts;
    const plain = new PlainCommands(parts);
    const creation = new LeadCreation(parts);
    const services = [
      { provide: StreamCommands, useValue: commands },
      { provide: ReferenceData, useValue: reference },
      { provide: ReferenceCommands, useValue: new ReferenceCommands(plain, parts) },
      { provide: ContactCommands, useValue: new ContactCommands(plain, parts, keys) },
      { provide: LeadCommands, useValue: new LeadCommands(parts) },
      { provide: LogCommands, useValue: new LogCommands(plain, parts) },
      { provide: LeadCreation, useValue: creation },
      { provide: BatchCreation, useValue: new BatchCreation(creation) },
      { provide: LeadHistory, useValue: new LeadHistory(store, commands, reference, personalData) },
      { provide: CLOCK, useValue: clock },
      { provide: ACCESS_LOG, useValue: logger },
    ];
    return {
      module: LeadCommandsModule,
      controllers: [
        LeadsController,
        MarketingCommandsController,
        HandoffCommandsController,
        SalesCommandsController,
        TeamsController,
        PoliciesController,
        AgreementsController,
        ContactsController,
        LogDecisionsController,
      ],
      providers: [...services, LeadCommandRunner],
      exports: services.map(({ provide }) => provide),
    };
  }
}
