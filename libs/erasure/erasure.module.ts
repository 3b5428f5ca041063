import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { ContactCommands } from '../lead-commands/contact-commands.service.js';
import { ACCESS_LOG } from '../lead-commands/tokens.js';
import { DataSubjects, type DataSubjectParts } from './data-subjects.js';
import { DataSubjectsController } from './http/data-subjects.controller.js';
import { KeyEpochsController, ROTATE, type Rotate } from './http/key-epochs.controller.js';

/** What the office for privacy may ask and do about a person, over HTTP. */
@Module({})
export class ErasureModule {
  static on(parts: DataSubjectParts, contacts: ContactCommands, rotate: Rotate, logger: Logger): DynamicModule {
    return {
      module: ErasureModule,
      controllers: [DataSubjectsController, KeyEpochsController],
      providers: [
        { provide: DataSubjects, useValue: new DataSubjects(parts) },
        { provide: ContactCommands, useValue: contacts },
        { provide: ROTATE, useValue: rotate },
        { provide: ACCESS_LOG, useValue: logger },
      ],
    };
  }
}
