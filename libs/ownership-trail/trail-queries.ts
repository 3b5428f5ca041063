import type { DynamicModule } from '@nestjs/common';
import { SqliteReadDatabase } from '../read-database/sqlite-read-database.js';
import type { TeamsOf } from './http/trail-access.js';
import { IndexWaiters } from './index-waiters.js';
import { lookIn } from './leaf-index-tables.js';
import { TrailAnswers } from './trail-answers.js';
import { indexFileOf } from './trail-files.js';
import { TrailQueriesModule } from './trail-queries.module.js';

/** What is asked of the index of a log that an `IndexedTrail` of this process keeps, in this thread or another. */
export class TrailQueries {
  readonly indexed: IndexWaiters;
  private readonly answers: TrailAnswers;

  /** @param folder the log's, with its index beside it */
  constructor(
    private readonly folder: string,
    private readonly reading = SqliteReadDatabase.readingOf(indexFileOf(folder)),
  ) {
    this.answers = new TrailAnswers({ look: lookIn(reading) });
    this.indexed = new IndexWaiters(this.answers);
  }

  /** @param teamsOf absent in a process that knows no teams: it then answers auditors only */
  module(teamsOf?: TeamsOf): DynamicModule {
    return TrailQueriesModule.on(this.folder, this.answers, this.indexed, teamsOf);
  }

  stop(): Promise<void> {
    this.indexed.giveUp();
    return this.reading.destroy();
  }
}
