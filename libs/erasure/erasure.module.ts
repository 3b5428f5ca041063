import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { ContactCommands } from '../lead-commands/contact-commands.service.js';
import { ACCESS_LOG } from '../lead-commands/tokens.js';
import { DataSubjects, type DataSubjectParts } from './data-subjects.js';
import { BlindIndexController, ROTATE_PEPPER, type RotatePepper } from './http/blind-index.controller.js';
import { DataSubjectsController } from './http/data-subjects.controller.js';
import { KeyEpochsController, ROTATE, type Rotate } from './http/key-epochs.controller.js';

/** What replaces the secrets of the key file; each is answered once it is done. */
export interface Rotations {
  readonly epoch: Rotate;
  readonly pepper: RotatePepper;
}

/** What the office for privacy may ask and do about a person, over HTTP. */
@Module({})
export class ErasureModule {
  static on(parts: DataSubjectParts, contacts: ContactCommands, rotations: Rotations, logger: Logger): DynamicModule {
    return {
      module: ErasureModule,
      controllers: [DataSubjectsController, KeyEpochsController, BlindIndexController],
      providers: [
        { provide: DataSubjects, useValue: new DataSubjects(parts) },
        { provide: ContactCommands, useValue: contacts },
        { provide: ROTATE, useValue: rotations.epoch },
        { provide: ROTATE_PEPPER, useValue: rotations.pepper },
        { provide: ACCESS_LOG, useValue: logger },
      ],
    };
  }
}
