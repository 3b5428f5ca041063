import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock } from '../decider/clock.js';
import type { ViewRunner } from '../projection-runner/view-runner.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { AgreedNow, type AgreementAt } from './http/agreed-now.js';
import { BoardsController } from './http/boards.controller.js';
import { NeglectController } from './http/neglect.controller.js';
import { OwnershipController } from './http/ownership.controller.js';
import { ViewAccess, type TeamsOf } from './http/view-access.js';
import { LeadCards } from './lead-cards.js';
import { LeadCounts } from './lead-counts.js';
import { Leavers } from './leavers.js';
import { MissingRatings } from './missing-ratings.js';
import { OwnershipChanges } from './ownership-changes.js';
import { PastOwners } from './past-owners.js';
import { RatingsOwed } from './ratings-owed.js';
import { StandingNumbers } from './standing-numbers.js';
import { WorkerNumbers } from './worker-numbers.js';

/** What the lists must know that no lead says. */
export interface BoardFacts {
  readonly teamsOf: TeamsOf;
  readonly agreementAt: AgreementAt;
  readonly clock: Clock;
}

/** The teams' boards and the owners of the past, with their routes. */
@Module({})
export class BoardsModule {
  static on(database: ReadDatabase, runner: ViewRunner, facts: BoardFacts): DynamicModule {
    const { teamsOf, agreementAt, clock } = facts;
    const isMember = (team: string, person: string): boolean => teamsOf(person).some(({ id }) => id === team);
    return {
      module: BoardsModule,
      controllers: [BoardsController, NeglectController, OwnershipController],
      providers: [
        { provide: LeadCards, useValue: new LeadCards(database) },
        { provide: LeadCounts, useValue: new LeadCounts(database) },
        {
          provide: WorkerNumbers,
          useValue: new WorkerNumbers(new StandingNumbers(database), new RatingsOwed(database)),
        },
        { provide: MissingRatings, useValue: new MissingRatings(database) },
        { provide: Leavers, useValue: new Leavers(database, isMember) },
        { provide: PastOwners, useValue: new PastOwners(database) },
        { provide: OwnershipChanges, useValue: new OwnershipChanges(database) },
        { provide: ViewAccess, useValue: new ViewAccess(teamsOf, runner) },
        { provide: AgreedNow, useValue: new AgreedNow(agreementAt, clock) },
      ],
    };
  }
}
