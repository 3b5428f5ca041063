import { Module, type DynamicModule } from '@nestjs/common';
import { TrailAccess, type TeamsOf } from './http/trail-access.js';
import { TrailQueriesController } from './http/trail-queries.controller.js';
import type { IndexWaiters } from './index-waiters.js';
import { LeadProofs } from './lead-proofs.js';
import { TrailAnswers } from './trail-answers.js';

/** Who had which lead when, by the sealed log, with its routes. */
@Module({})
export class TrailQueriesModule {
  /** @param teamsOf absent in a process that knows no teams: it then answers auditors only */
  static on(folder: string, answers: TrailAnswers, indexed: IndexWaiters, teamsOf?: TeamsOf): DynamicModule {
    return {
      module: TrailQueriesModule,
      controllers: [TrailQueriesController],
      providers: [
        { provide: TrailAnswers, useValue: answers },
        { provide: LeadProofs, useValue: new LeadProofs(folder, answers) },
        { provide: TrailAccess, useValue: new TrailAccess(indexed, teamsOf) },
      ],
    };
  }
}
