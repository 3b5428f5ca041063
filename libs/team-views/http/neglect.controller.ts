import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { Cursors, PageCursors } from '../../http-kit/cursor.js';
import { malformed } from '../../http-kit/problem-exception.js';
import { DEFAULT_STANDSTILL_DAYS, HYGIENE, RATINGS_OWED } from '../../metric-catalogue/standing-metrics.js';
import { LeadCards, type CardSort } from '../lead-cards.js';
import { Leavers } from '../leavers.js';
import { MissingRatings } from '../missing-ratings.js';
import { MOST_NUMBER_ROWS } from '../outcome-numbers.js';
import { WorkerNumbers } from '../worker-numbers.js';
import { AgreedNow } from './agreed-now.js';
import { filterOf, given, pageOf, sortOf } from './board-answers.js';
import { HygieneQuery, LeaversQuery, SalesListQuery } from './boards.dto.js';
import { ViewAccess } from './view-access.js';

/** What somebody owes a lead: an update, a rating, a new owner. */
@ApiTags('boards')
@ApiReading()
@Controller()
export class NeglectController {
  constructor(
    private readonly cards: LeadCards,
    private readonly workers: WorkerNumbers,
    private readonly ratings: MissingRatings,
    private readonly leavers: Leavers,
    private readonly access: ViewAccess,
    private readonly agreed: AgreedNow,
  ) {}

  /**
   * Per worker, the share of open leads that they updated within the agreed days: of the workers of whose leads you may
   * read one, the whole number, as everybody sees it.
   */
  @Get('hygiene')
  async hygiene(@CurrentCaller() caller: Caller, @Query() query: HygieneQuery) {
    const scope = await this.access.scopeAfter(caller, 'lead-card', query.after);
    const { team, person } = query;
    const moment = this.agreed.moment(DEFAULT_STANDSTILL_DAYS);
    const workers = await this.workers.hygiene(scope, moment, given({ team, person }));
    return { metric: HYGIENE.id, days: this.agreed.hygiene().days, workers: orTooMany(workers) };
  }

  /** Cycles that sales worked and let go of without a rating, the oldest first, and how many each worker owes. */
  @Get('missing-ratings')
  async missing(@CurrentCaller() caller: Caller, @Query() query: SalesListQuery, @Cursors() cursors: PageCursors) {
    const scope = await this.access.scopeAfter(caller, 'lead-card', query.after);
    const { team, person, limit } = query;
    const of = given({ team, person });
    const after = cursors.after(['string', 'string', 'number']);
    const [workers, page] = await Promise.all([
      this.workers.owed(scope, of),
      this.ratings.page({ scope, ...of, limit, ...(after && { after }) }),
    ]);
    const { ratings } = page;
    return {
      metric: RATINGS_OWED.id,
      workers: orTooMany(workers),
      ratings,
      ...cursors.next(page.next),
    };
  }

  /** Leads whose steward, offeree or worker is no longer in the team, and who those people are. */
  @Get('leavers')
  async left(@CurrentCaller() caller: Caller, @Query() query: LeaversQuery, @Cursors() cursors: PageCursors) {
    const scope = await this.access.scopeAfter(caller, 'lead-card', query.after);
    const { role, team, person } = query;
    const leavers = await this.leavers.find(scope, given({ role, team, person }));
    if (leavers.length === 0) return { leavers, leads: [] };
    const filter = { ...filterOf(query), heldBy: leavers, settled: false };
    return {
      leavers,
      ...(await pageOf(this.cards, cursors, query, { scope, filter, sort: sortOf(query, LAST_UPDATED) })),
    };
  }
}

const LAST_UPDATED: CardSort = { by: 'updated', direction: 'descending' };

/** @throws ProblemException 400 */
function orTooMany<Rows>(workers: Rows | undefined): Rows {
  if (workers !== undefined) return workers;
  throw malformed({
    in: 'query',
    field: 'team',
    rule: `must be given: there are more than ${MOST_NUMBER_ROWS} workers`,
  });
}
