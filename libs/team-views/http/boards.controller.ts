import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import type { CardFilter } from '../card-filter.js';
import { LeadCards, type CardSort } from '../lead-cards.js';
import { LeadCounts } from '../lead-counts.js';
import { AgreedNow } from './agreed-now.js';
import { given, pageOf, waitingOffer } from './board-answers.js';
import { ListQuery, MarketingBoardQuery, OffersQuery, SalesListQuery, StandstillQuery } from './boards.dto.js';
import { OwnerNamePipe } from './owner-name.pipe.js';
import { ViewAccess } from './view-access.js';

const QUEUE: CardSort = { by: 'queue', direction: 'ascending' };
const LONGEST_FIRST: CardSort = { by: 'stateSince', direction: 'ascending' };

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
  async marketing(@CurrentCaller() caller: Caller, @Query() query: MarketingBoardQuery) {
    const scope = await this.see(caller, query);
    const { stewardTeam, stewardPerson, source, topic, campaign, resumeBy, state } = query;
    const filter: CardFilter = {
      ...given({ stewardTeam, stewardPerson, source, topic, campaign, resumeBy }),
      ...(query.silent && { silent: this.agreed.silence() }),
    };
    const { sort: by = 'updated', direction = 'descending' } = query;
    const [states, page] = await Promise.all([
      this.counts.byState(scope, filter),
      pageOf(this.cards, query, { scope, sort: { by, direction }, filter: { ...filter, ...given({ states: state }) } }),
    ]);
    return { states, ...page };
  }

  /** A sales team's queue: offers first, by the time left, then what it works, then losses to be decided. */
  @Get('boards/sales/:team')
  async salesTeam(
    @CurrentCaller() caller: Caller,
    @Param('team', OwnerNamePipe) team: string,
    @Query() query: ListQuery,
  ) {
    return this.queue(caller, { salesTeam: team }, query);
  }

  /** What one salesperson is offered, works or lost, in the order of a team's queue. */
  @Get('boards/workers/:person')
  async worker(
    @CurrentCaller() caller: Caller,
    @Param('person', OwnerNamePipe) person: string,
    @Query() query: ListQuery,
  ) {
    return this.queue(caller, { salesPerson: person }, query);
  }

  /** Offers that wait for an answer, with their age and the time left; the most urgent first. */
  @Get('offers')
  async offers(@CurrentCaller() caller: Caller, @Query() query: OffersQuery) {
    const scope = await this.see(caller, query);
    const now = this.agreed.clock();
    const filter = {
      states: ['offered'],
      ...salesOf(query),
      ...(query.late && { acceptBefore: this.agreed.daysAgo(0) }),
    };
    const { leads, ...page } = await pageOf(this.cards, query, { scope, sort: QUEUE, filter });
    return { offers: leads.map((card) => waitingOffer(card, now)), ...page };
  }

  /** What stands in one state for longer than so many days, and how many leads do, state by state. */
  @Get('standstill')
  async standstill(@CurrentCaller() caller: Caller, @Query() query: StandstillQuery) {
    const scope = await this.see(caller, query);
    const { state, stewardTeam, salesTeam, olderThanDays } = query;
    const filter = {
      ...given({ states: state, stewardTeam, salesTeam }),
      standsSince: this.agreed.daysAgo(olderThanDays),
    };
    const [states, page] = await Promise.all([
      this.counts.byState(scope, filter),
      pageOf(this.cards, query, { scope, sort: LONGEST_FIRST, filter }),
    ]);
    return { olderThanDays, states, ...page };
  }

  private async queue(caller: Caller, filter: CardFilter, query: ListQuery) {
    const scope = await this.see(caller, query);
    const [states, page] = await Promise.all([
      this.counts.byState(scope, filter),
      pageOf(this.cards, query, { scope, sort: QUEUE, filter }),
    ]);
    return { states, ...page };
  }

  private async see(caller: Caller, { after }: ListQuery) {
    const scope = this.access.scopeOf(caller);
    await this.access.waitFor('lead-card', after);
    return scope;
  }
}

const salesOf = ({ team, person }: SalesListQuery) => given({ salesTeam: team, salesPerson: person });
