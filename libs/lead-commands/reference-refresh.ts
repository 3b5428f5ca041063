import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ReadDatabase } from '../read-database/read-database.js';
import { describeFault } from '../telemetry/fault-description.js';
import type { ReferenceData } from './reference-data.js';
import { knowsReferenceStreams, referenceStreams } from './reference-streams.js';

/** How long a change that another process made may stay unknown here; every fact of a decision says its revision. */
const EVERY_MS = 2_000;

const START_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 500;

export interface RefreshParts {
  readonly reference: ReferenceData;
  readonly database: Pick<ReadDatabase, 'reading'>;
  readonly logger: Logger;
  readonly everyMs?: number;
  /** how long the views may take to be there when it starts; default 60 s */
  readonly startWithinMs?: number;
}

/**
 * Keeps teams, policies and agreements fresh where several processes change them: every stream that the views know of
 * is read on from where it was, some dozens of short reads.
 */
export class ReferenceRefresh {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RefreshParts) {}

  /**
   * Resolves when everything is known once; then goes on in the background. Views that are only being made are waited
   * for: without teams nothing can be decided.
   *
   * @throws Error in one line, where they are not there in time
   */
  async start(): Promise<void> {
    const { startWithinMs = START_WITHIN_MS, logger } = this.parts;
    for (let waited = 0; ; waited += LOOK_AGAIN_MS) {
      const fault = await this.firstRefresh().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (fault === undefined) break;
      if (waited >= startWithinMs) {
        throw new Error('the read database has no teams, policies and agreements yet: is team-views running?', {
          cause: fault,
        });
      }
      if (waited === 0) logger.info('waiting for team-views to have made its views');
      await sleep(LOOK_AGAIN_MS);
    }
    this.running = this.keepFresh();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** On a part of the teams it would be decided as if there were no others. */
  private async firstRefresh(): Promise<void> {
    if (!(await knowsReferenceStreams(this.parts.database))) throw new Error('the views are being built');
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    for (const stream of await referenceStreams(this.parts.database)) await this.parts.reference.refresh(stream);
  }

  private async keepFresh(): Promise<void> {
    const { signal } = this.stopping;
    const { everyMs = EVERY_MS, logger } = this.parts;
    for (;;) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.refresh();
      } catch (fault) {
        logger.warn({ fault: describeFault(fault) }, 'teams, policies and agreements could not be refreshed');
      }
    }
  }
}
