import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { Cursors, PageCursors } from '../../http-kit/cursor.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';
import { malformed, notFound } from '../../http-kit/problem-exception.js';
import { METRIC_CATALOGUE } from '../../metric-catalogue/metric-catalogue.js';
import { Funnel } from '../funnel.js';
import { LeadCards, type CardCursor, type CardFilter } from '../lead-cards.js';
import { MergeQueue } from '../merge-queue.js';
import { LeadsAsOf } from './leads-as-of.js';
import { AfterPageQuery, AfterQuery } from './after.dto.js';
import { CardsQuery, FunnelRowsQuery } from './views.dto.js';
import { ViewAccess } from './view-access.js';

/** What the teams see: leads as they stand, and the numbers that both teams share. */
@ApiTags('views')
@ApiReading()
@Controller()
export class ViewsController {
  constructor(
    private readonly cards: LeadCards,
    private readonly funnels: Funnel,
    private readonly merges: MergeQueue,
    private readonly access: ViewAccess,
    private readonly past: LeadsAsOf,
  ) {}

  /** Leads as they stand now, or as of a time, within your teams' sight. */
  @Get('leads')
  async leads(@CurrentCaller() caller: Caller, @Query() query: CardsQuery, @Cursors() cursors: PageCursors) {
    this.access.assertReader(caller);
    if (query.asOf !== undefined)
      return this.past.page(caller, this.access.scopeOf(caller), query.asOf, query, cursors);
    const { externalSystem, externalId } = query;
    if ((externalSystem === undefined) !== (externalId === undefined)) {
      throw malformed({ in: 'query', field: 'externalId', rule: 'goes with externalSystem' });
    }
    const scope = await this.access.scopeAfter(caller, 'lead-card', query.after);
    if (externalSystem !== undefined && externalId !== undefined) {
      return { leads: await this.cards.findByExternalRef(externalSystem, externalId, scope) };
    }
    const { sort: by = 'updated', direction = 'descending', limit } = query;
    const after: CardCursor | undefined = cursors.after([by === 'score' ? 'number' : 'string', 'string']);
    const page = await this.cards.page({
      scope,
      filter: filterOf(query),
      sort: { by, direction },
      ...(after ? { after } : {}),
      limit,
    });
    return { leads: page.cards, ...cursors.next(page.next) };
  }

  /** The lead's card: state, cycle, and who has and had it, since when, by whom and why. */
  @Get('leads/:id/card')
  async card(@CurrentCaller() caller: Caller, @Param('id', UuidPipe) id: string, @Query() { after }: AfterQuery) {
    const scope = await this.access.scopeAfter(caller, 'lead-card', after);
    const [card, owners] = await Promise.all([this.cards.find(id, scope), this.cards.owners(id, scope)]);
    if (!card || !owners) throw notFound('lead');
    return { ...card, intervals: owners };
  }

  /** Leads, wins and conversion by source, month, topic or campaign; for both teams the same numbers. */
  @Get('funnel')
  async funnel(@CurrentCaller() caller: Caller, @Query() query: FunnelRowsQuery) {
    this.access.assertReader(caller);
    await this.access.waitFor('funnel', query.after);
    const { by = ['source', 'month'], source, topic, campaign, from, to } = query;
    const rows = await this.funnels.rows({
      by,
      ...(source === undefined ? {} : { source }),
      ...(topic === undefined ? {} : { topic }),
      ...(campaign === undefined ? {} : { campaign }),
      ...(from === undefined ? {} : { fromMonth: from }),
      ...(to === undefined ? {} : { toMonth: to }),
    });
    return { by, rows };
  }

  /** What every number means, defined once. */
  @Get('metric-catalogue')
  metricCatalogue() {
    return { metrics: METRIC_CATALOGUE };
  }

  /** Contacts with more than one open lead: candidates for merging. */
  @Get('merge-queue')
  async mergeQueue(
    @CurrentCaller() caller: Caller,
    @Query() { limit, after: place }: AfterPageQuery,
    @Cursors() cursors: PageCursors,
  ) {
    const scope = await this.access.scopeAfter(caller, 'lead-card', place);
    const [after] = cursors.after(['string']) ?? [];
    const page = await this.merges.page({ scope, limit, ...(after === undefined ? {} : { after }) });
    return { candidates: page.candidates, ...cursors.next(page.next === undefined ? undefined : [page.next]) };
  }
}

function filterOf({
  state,
  stewardTeam,
  offereeTeam,
  workerTeam,
  salesPerson,
  source,
  topic,
  campaign,
}: CardsQuery): CardFilter {
  const given = { stewardTeam, offereeTeam, workerTeam, salesPerson, source, topic, campaign };
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(named), ...(state === undefined ? {} : { states: state }) };
}
