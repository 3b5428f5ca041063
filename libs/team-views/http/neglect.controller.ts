import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { decodeCursor, encodeCursor } from '../../http-kit/cursor.js';
import { LeadCards } from '../lead-cards.js';
import { LeadCounts } from '../lead-counts.js';
import { Leavers } from '../leavers.js';
import { MissingRatings } from '../missing-ratings.js';
import { AgreedNow } from './agreed-now.js';
import { given, pageOf } from './board-answers.js';
import { HygieneQuery, ListQuery, SalesListQuery } from './boards.dto.js';
import { ViewAccess } from './view-access.js';

/** What somebody owes a lead: an update, a rating, a new owner. */
@ApiTags('boards')
@ApiReading()
@Controller()
export class NeglectController {
  constructor(
    private readonly cards: LeadCards,
    private readonly counts: LeadCounts,
    private readonly ratings: MissingRatings,
    private readonly leavers: Leavers,
    private readonly access: ViewAccess,
    private readonly agreed: AgreedNow,
  ) {}

  /** Per worker, the share of open leads that they updated within the agreed days. */
  @Get('hygiene')
  async hygiene(@CurrentCaller() caller: Caller, @Query() query: HygieneQuery) {
    const scope = this.access.scopeOf(caller);
    await this.access.waitFor('lead-card', query.after);
    const { days, since } = this.agreed.hygiene();
    const { team, person } = query;
    return { days, workers: await this.counts.hygiene(scope, since, given({ team, person })) };
  }

  /** Cycles that sales worked and let go of without a rating, the oldest first, and how many each worker owes. */
  @Get('missing-ratings')
  async missing(@CurrentCaller() caller: Caller, @Query() query: SalesListQuery) {
    const scope = this.access.scopeOf(caller);
    await this.access.waitFor('lead-card', query.after);
    const { team, person, cursor, limit } = query;
    const of = { scope, ...given({ team, person }) };
    const after = cursor === undefined ? undefined : decodeCursor(cursor, ['string', 'string', 'number']);
    const [workers, page] = await Promise.all([
      this.ratings.owed(of),
      this.ratings.page({ ...of, limit, ...(after && { after }) }),
    ]);
    return { workers, ratings: page.ratings, ...(page.next && { next: encodeCursor([...page.next]) }) };
  }

  /** Leads whose steward, offeree or worker is no longer in the team, and who those people are. */
  @Get('leavers')
  async left(@CurrentCaller() caller: Caller, @Query() query: ListQuery) {
    const scope = this.access.scopeOf(caller);
    await this.access.waitFor('lead-card', query.after);
    const leavers = await this.leavers.find(scope);
    if (leavers.length === 0) return { leavers, leads: [] };
    return { leavers, ...(await pageOf(this.cards, query, { scope, filter: { heldBy: leavers, settled: false } })) };
  }
}
