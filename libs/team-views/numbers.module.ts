import { type DynamicModule, Module } from '@nestjs/common';
import type { ViewRunner } from '../projection-runner/view-runner.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { AskedNumbers } from './http/asked-numbers.js';
import { AgreedNow } from './http/agreed-now.js';
import { NumberAnswers } from './http/number-answers.js';
import { NumbersController } from './http/numbers.controller.js';
import { ViewAccess } from './http/view-access.js';
import type { BoardFacts } from './boards.module.js';
import { Funnel } from './funnel.js';
import { FunnelNumbers } from './funnel-numbers.js';
import { OutcomeEvidence } from './outcome-evidence.js';
import { OutcomeNumbers } from './outcome-numbers.js';
import { RatingsOwed } from './ratings-owed.js';
import { StandingNumbers } from './standing-numbers.js';

/** The numbers of the catalogue and the leads behind them, with their routes. */
@Module({})
export class NumbersModule {
  static on(database: ReadDatabase, runner: ViewRunner, facts: BoardFacts): DynamicModule {
    const { teamsOf, agreementAt, clock } = facts;
    const answers = new NumberAnswers({
      funnel: new FunnelNumbers(database, new Funnel(database)),
      outcomes: new OutcomeNumbers(database),
      evidence: new OutcomeEvidence(database),
      standing: new StandingNumbers(database),
      ratings: new RatingsOwed(database),
      agreed: new AgreedNow(agreementAt, clock),
    });
    return {
      module: NumbersModule,
      controllers: [NumbersController],
      providers: [
        { provide: NumberAnswers, useValue: answers },
        { provide: AskedNumbers, useValue: new AskedNumbers(clock) },
        { provide: ViewAccess, useValue: new ViewAccess(teamsOf, runner) },
      ],
    };
  }
}
