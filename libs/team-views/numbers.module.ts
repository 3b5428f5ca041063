import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock } from '../decider/clock.js';
import type { ProjectionRunner } from '../projection-runner/runner.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { AskedNumbers } from './http/asked-numbers.js';
import { NumbersController } from './http/numbers.controller.js';
import { ViewAccess, type TeamsOf } from './http/view-access.js';
import { OutcomeEvidence } from './outcome-evidence.js';
import { OutcomeNumbers } from './outcome-numbers.js';

/** The numbers of the catalogue and the leads behind them, with their routes. */
@Module({})
export class NumbersModule {
  static on(database: ReadDatabase, runner: ProjectionRunner, teamsOf: TeamsOf, clock: Clock): DynamicModule {
    return {
      module: NumbersModule,
      controllers: [NumbersController],
      providers: [
        { provide: OutcomeNumbers, useValue: new OutcomeNumbers(database) },
        { provide: OutcomeEvidence, useValue: new OutcomeEvidence(database) },
        { provide: AskedNumbers, useValue: new AskedNumbers(clock) },
        { provide: ViewAccess, useValue: new ViewAccess(teamsOf, runner) },
      ],
    };
  }
}
