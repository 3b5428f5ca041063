import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { Cursors, PageCursors } from '../../http-kit/cursor.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';
import { malformed, notFound } from '../../http-kit/problem-exception.js';
import { LeadCards } from '../lead-cards.js';
import { OwnershipChanges } from '../ownership-changes.js';
import { ownersThen, PastOwners } from '../past-owners.js';
import { AgreedNow } from './agreed-now.js';
import { given } from './board-answers.js';
import { ChangesQuery, HeldQuery, OwnersQuery } from './ownership.dto.js';
import { ViewAccess } from './view-access.js';

/** Who had which lead when, and who made it so. */
@ApiTags('ownership')
@ApiReading()
@Controller()
export class OwnershipController {
  constructor(
    private readonly cards: LeadCards,
    private readonly past: PastOwners,
    private readonly changes: OwnershipChanges,
    private readonly access: ViewAccess,
    private readonly agreed: AgreedNow,
  ) {}

  /** The steward, offeree, worker and accountable team of a lead at an instant, as it happened or as it was known. */
  @Get('leads/:id/owners')
  async owners(@CurrentCaller() caller: Caller, @Param('id', UuidPipe) lead: string, @Query() query: OwnersQuery) {
    const scope = await this.access.scopeAfter(caller, 'lead-card', query.after);
    const intervals = await this.cards.owners(lead, scope);
    if (!intervals) throw notFound('lead');
    const { at = this.agreed.daysAgo(0), as = 'happened' } = query;
    return { lead, at, as, owners: ownersThen(intervals, at, as) };
  }

  /** Everything that a team or a person had in a period, in whatever role. */
  @Get('ownership')
  async held(@CurrentCaller() caller: Caller, @Query() query: HeldQuery, @Cursors() cursors: PageCursors) {
    this.access.assertReader(caller);
    const { team, person, role, from, to, limit } = query;
    if (team === undefined && person === undefined) {
      throw malformed({ in: 'query', field: 'team', rule: 'or person must be given' });
    }
    const scope = await this.access.scopeAfter(caller, 'lead-card', query.after);
    const after = cursors.after(['string', 'string', 'string', 'number']);
    const page = await this.past.held({
      scope,
      limit,
      ...given({ team, person, role, from, to }),
      ...(after && { after }),
    });
    return { intervals: page.intervals, ...cursors.next(page.next) };
  }

  /** What somebody changed of who has which lead, in the order of recording. */
  @Get('ownership/changes')
  async changed(@CurrentCaller() caller: Caller, @Query() query: ChangesQuery, @Cursors() cursors: PageCursors) {
    const scope = await this.access.scopeAfter(caller, 'lead-card', query.after);
    const { actor, from, to, limit } = query;
    const after = cursors.after(['string', 'string', 'number']);
    const page = await this.changes.by({ scope, actor, limit, ...given({ from, to }), ...(after && { after }) });
    return { changes: page.changes, ...cursors.next(page.next) };
  }
}
