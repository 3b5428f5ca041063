import type { DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Readiness } from '../http-kit/readiness.js';
import type { TeamsOf } from './http/trail-access.js';
import { IndexFollower } from './index-follower.js';
import { LeafIndex } from './leaf-index.js';
import { TrailAnswers } from './trail-answers.js';
import { TrailQueriesModule } from './trail-queries.module.js';
import type { TrailObservation } from './trail-status.js';

/** The index of a log and what is asked of it, in the process that keeps the log. */
export class TrailQueries {
  private constructor(
    private readonly folder: string,
    private readonly answers: TrailAnswers,
    private readonly follower: IndexFollower,
  ) {}

  /**
   * Opens the index, beside the log's folder, and lets it follow the log from now on.
   *
   * @throws ReadDatabaseFault, in one line, where the file is no index: it may be deleted
   */
  static async open(folder: string, logger: Logger): Promise<TrailQueries> {
    const index = await LeafIndex.open(`${folder}-index.sqlite`, folder);
    const answers = new TrailAnswers(index);
    const follower = new IndexFollower(index, answers, logger);
    follower.start();
    return new TrailQueries(folder, answers, follower);
  }

  /** @param teamsOf absent in a process that knows no teams: it then answers auditors only */
  module(teamsOf?: TeamsOf): DynamicModule {
    return TrailQueriesModule.on(this.folder, this.answers, this.follower, teamsOf);
  }

  /** To be told what the trail does. */
  seen({ kind }: TrailObservation): void {
    if (kind === 'published') this.follower.published();
  }

  watch(readiness: Readiness): void {
    readiness.register('trail-index', () => Promise.resolve(this.follower.problem()));
  }

  stop(): Promise<void> {
    return this.follower.stop();
  }
}
