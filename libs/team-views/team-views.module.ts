import { type DynamicModule, Module } from '@nestjs/common';
import type { ViewRunner } from '../projection-runner/view-runner.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { Funnel } from './funnel.js';
import { LeadsAsOf, type LeadAsOf } from './http/leads-as-of.js';
import { ViewAccess, type TeamsOf } from './http/view-access.js';
import { ViewsController } from './http/views.controller.js';
import { LeadCards } from './lead-cards.js';
import { MergeQueue } from './merge-queue.js';

/** The queries of the teams' views, with their routes. */
@Module({})
export class TeamViewsModule {
  static on(database: ReadDatabase, runner: ViewRunner, teamsOf: TeamsOf, leadAsOf: LeadAsOf): DynamicModule {
    const cards = new LeadCards(database);
    return {
      module: TeamViewsModule,
      controllers: [ViewsController],
      providers: [
        { provide: LeadCards, useValue: cards },
        { provide: LeadsAsOf, useValue: new LeadsAsOf(cards, leadAsOf) },
        { provide: Funnel, useValue: new Funnel(database) },
        { provide: MergeQueue, useValue: new MergeQueue(database) },
        { provide: ViewAccess, useValue: new ViewAccess(teamsOf, runner) },
      ],
    };
  }
}
