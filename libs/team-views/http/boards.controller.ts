import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { Cursors, PageCursors } from '../../http-kit/cursor.js';
import { malformed } from '../../http-kit/problem-exception.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { LEADS_IN_STATE } from '../../metric-catalogue/standing-metrics.js';
import type { CardFilter } from '../card-filter.js';
import { LeadCards, type CardSort } from '../lead-cards.js';
import { LeadCounts } from '../lead-counts.js';
import { AgreedNow } from './agreed-now.js';
import { filterOf, given, pageOf, sortOf, waitingOffer } from './board-answers.js';
import { LeadListQuery, MarketingBoardQuery, OffersQuery, SalesBoardQuery, StandstillQuery } from './boards.dto.js';
import { OwnerNamePipe } from './owner-name.pipe.js';
import { ViewAccess } from './view-access.js';

const QUEUE: CardSort = { by: 'queue', direction: 'ascending' };
const LONGEST_FIRST: CardSort = { by: 'stateSince', direction: 'ascending' };
const LAST_UPDATED: CardSort = { by: 'updated', direction: 'descending' };

/** The boards of the teams: what each has before it, in the order in which to look at it. */
@ApiTags('boards')
@ApiReading()
@Controller()
export class BoardsController {
  constructor(
    private readonly cards: LeadCards,
    private readonly counts: LeadCounts,
    private readonly access: ViewAccess,
    private readonly agreed: AgreedNow,
  ) {}

  /** How many leads are in which state, and the leads. The counts are of all states, the leads of those asked for. */
  @Get('boards/marketing')
  async marketing(
    @CurrentCaller() caller: Caller,
    @Query() query: MarketingBoardQuery,
    @Cursors() cursors: PageCursors,
  ) {
    const { resumeBy, silent } = query;
    const filter = { ...given({ resumeBy }), ...(silent && { silent: this.agreed.silence() }) };
    return this.board(caller, query, cursors, { filter, sort: LAST_UPDATED });
  }

  /** A sales team's queue: offers first, by the time left, then what it works, then losses to be decided. */
  @Get('boards/sales/:team')
  async salesTeam(
    @CurrentCaller() caller: Caller,
    @Param('team', OwnerNamePipe) team: string,
    @Query() query: SalesBoardQuery,
    @Cursors() cursors: PageCursors,
  ) {
    return this.board(caller, query, cursors, { filter: salesOf({ ...query, team }), sort: QUEUE });
  }

  /** What one salesperson is offered, works or lost, in the order of a team's queue. */
  @Get('boards/workers/:person')
  async worker(
    @CurrentCaller() caller: Caller,
    @Param('person', OwnerNamePipe) person: string,
    @Query() query: LeadListQuery,
    @Cursors() cursors: PageCursors,
  ) {
    return this.board(caller, query, cursors, { filter: salesOf({ person }), sort: QUEUE });
  }

  /** Offers that wait for an answer, with their age and the time left; the most urgent first. */
  @Get('offers')
  async offers(@CurrentCaller() caller: Caller, @Query() query: OffersQuery, @Cursors() cursors: PageCursors) {
    const scope = await this.see(caller, query);
    const now = this.agreed.clock();
    const filter = {
      ...filterOf(query),
      states: ['offered'],
      ...salesOf(query),
      ...(query.late && { acceptBefore: this.agreed.daysAgo(0) }),
    };
    if (query.state !== undefined) throw malformed({ in: 'query', field: 'state', rule: 'is offered for every offer' });
    const { leads, ...page } = await pageOf(this.cards, cursors, query, { scope, sort: sortOf(query, QUEUE), filter });
    return { offers: leads.map((card) => waitingOffer(card, now)), ...page };
  }

  /** What stands in one state for longer than so many days, and how many leads do, state by state. */
  @Get('standstill')
  async standstill(@CurrentCaller() caller: Caller, @Query() query: StandstillQuery, @Cursors() cursors: PageCursors) {
    const { salesTeam, salesPerson, olderThanDays } = query;
    const filter = { ...given({ salesTeam, salesPerson }), standsSince: this.agreed.daysAgo(olderThanDays) };
    return { olderThanDays, ...(await this.board(caller, query, cursors, { filter, sort: LONGEST_FIRST })) };
  }

  /** Counts by state over all states, and a page of the leads. */
  private async board(
    caller: Caller,
    query: LeadListQuery,
    cursors: PageCursors,
    own: { filter: CardFilter; sort: CardSort },
  ) {
    const scope = await this.see(caller, query);
    const { states, ...asked } = filterOf(query);
    const filter = { ...asked, ...own.filter };
    const sort = sortOf(query, own.sort);
    const [counts, page] = await Promise.all([
      this.counts.byState(scope, filter),
      pageOf(this.cards, cursors, query, { scope, sort, filter: { ...filter, ...given({ states }) } }),
    ]);
    return { metric: LEADS_IN_STATE.id, states: counts, ...page };
  }

  private async see(caller: Caller, { after }: LeadListQuery) {
    return this.access.scopeAfter(caller, 'lead-card', after);
  }
}

const salesOf = ({ team, person }: { readonly team?: string; readonly person?: string }): CardFilter =>
  given({ salesTeam: team, salesPerson: person });
