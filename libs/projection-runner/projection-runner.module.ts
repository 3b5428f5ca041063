import { type DynamicModule, Module } from '@nestjs/common';
import { BuildOperations } from './build-operations.js';
import { DeadLetterOperations } from './dead-letter-operations.js';
import { DeadLettersController, NEW_DECISION, type NewDecision } from './http/dead-letters.controller.js';
import { ProjectionsController } from './http/projections.controller.js';
import type { ViewRunner } from './view-runner.js';

/** What administrators may do with views, over HTTP. */
@Module({})
export class ProjectionRunnerModule {
  static on(runner: ViewRunner, newDecision: NewDecision): DynamicModule {
    return {
      module: ProjectionRunnerModule,
      controllers: [ProjectionsController, DeadLettersController],
      providers: [
        { provide: BuildOperations, useValue: runner.builds },
        { provide: DeadLetterOperations, useValue: runner.deadLetters },
        { provide: NEW_DECISION, useValue: newDecision },
      ],
    };
  }
}
