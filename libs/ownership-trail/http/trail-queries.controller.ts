import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { Cursors, PageCursors } from '../../http-kit/cursor.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';
import { malformed, notFound } from '../../http-kit/problem-exception.js';
import { problemOfRefusal } from '../../http-kit/refusal-problem.js';
import { MOST_BUNDLE_LEAVES } from '../bundle-format.js';
import { LeadProofs } from '../lead-proofs.js';
import { ownersThen, type TrailInterval } from '../trail-answer.js';
import { TrailAnswers } from '../trail-answers.js';
import { assertAuditor } from './audit-access.js';
import { CHANGES_EXAMPLE, HELD_EXAMPLE, LEAD_EXAMPLE, PROOF_EXAMPLE } from './trail-examples.js';
import { AfterQuery } from '../../team-views/http/after.dto.js';
import { LeadOwnershipQuery, SealedChangesQuery, SealedHeldQuery } from './trail-queries.dto.js';
import { TrailAccess } from './trail-access.js';

/** Opaque ids only, and yet for nobody but the caller. */
const Private = () => Header('cache-control', 'private, no-store');

/** Who had which lead when, and who made it so: from the sealed leaves alone, each answer with leaves and checkpoint. */
@ApiTags('audit')
@ApiReading()
@Controller('audit')
export class TrailQueriesController {
  constructor(
    private readonly answers: TrailAnswers,
    private readonly access: TrailAccess,
    private readonly proofs: LeadProofs,
  ) {}

  /** Steward, offeree, worker and accountable team of a lead: all intervals in the log's order, or those at an instant. */
  @Get('leads/:id/ownership')
  @Private()
  @ApiOkResponse({ description: 'Intervals, each with the leaves that began and ended it.', example: LEAD_EXAMPLE })
  async ofLead(
    @CurrentCaller() caller: Caller,
    @Param('id', UuidPipe) lead: string,
    @Query() query: LeadOwnershipQuery,
    @Cursors() cursors: PageCursors,
  ) {
    this.access.assertMayAskOfLeads(caller);
    const { at, as, limit } = query;
    if (as !== undefined && at === undefined) throw malformed({ in: 'query', field: 'as', rule: 'goes with at only' });
    await this.access.waitFor(query.after);
    const { found, checkpoint } = await this.answers.ofLead(lead);
    if (found === undefined) throw notFound('lead');
    this.access.assertInSight(caller, found.held);
    const { revision, intervals, quarantined } = found;
    const said = { lead, revision, checkpoint, ...(quarantined.length > 0 && { quarantined }) };
    if (at === undefined) return { ...said, ...pageOf(intervals, limit, cursors) };
    return { ...said, at, as: as ?? 'happened', owners: ownersThen(intervals, at, as ?? 'happened') };
  }

  /** Everything that proves a lead's leaves, for `baton audit verify`: one bundle that needs nothing else but keys. */
  @Get('leads/:id/proof')
  @Private()
  @ApiOkResponse({ description: 'A bundle (baton-bundle-v1).', example: PROOF_EXAMPLE })
  async proof(@CurrentCaller() caller: Caller, @Param('id', UuidPipe) lead: string, @Query() query: AfterQuery) {
    this.access.assertMayAskOfLeads(caller);
    await this.access.waitFor(query.after);
    const { found } = await this.answers.ofLead(lead);
    if (found === undefined) throw notFound('lead');
    this.access.assertInSight(caller, found.held);
    const proof = await this.proofs.of(lead);
    if (proof !== 'too-long') return proof;
    const rule = `the lead has more than ${MOST_BUNDLE_LEAVES} leaves: check the log itself (baton audit fsck)`;
    throw problemOfRefusal({ code: 'conflict', rule });
  }

  /** Everything that a team or a person had in a period, in whatever role. */
  @Get('ownership')
  @Private()
  @ApiOkResponse({ description: 'A page of intervals, by their beginning.', example: HELD_EXAMPLE })
  async held(@CurrentCaller() caller: Caller, @Query() query: SealedHeldQuery, @Cursors() cursors: PageCursors) {
    assertAuditor(caller);
    const { after: place, cursor: _, ...wanted } = query;
    if (wanted.team === undefined && wanted.person === undefined)
      throw malformed({ in: 'query', field: 'team', rule: 'or person must be given' });
    await this.access.waitFor(place);
    const after = cursors.after(['string', 'string', 'string', 'number']);
    const { found, checkpoint } = await this.answers.held({ ...wanted, ...(after && { after }) });
    return { intervals: found.intervals, checkpoint, ...cursors.next(found.next) };
  }

  /** What somebody changed of leads, or what was changed of a lead, in the order of recording. */
  @Get('changes')
  @Private()
  @ApiOkResponse({ description: 'A page of changes.', example: CHANGES_EXAMPLE })
  async changes(@CurrentCaller() caller: Caller, @Query() query: SealedChangesQuery, @Cursors() cursors: PageCursors) {
    assertAuditor(caller);
    const { after: place, cursor: _, ...wanted } = query;
    if (wanted.actor === undefined && wanted.lead === undefined)
      throw malformed({ in: 'query', field: 'actor', rule: 'or lead must be given' });
    await this.access.waitFor(place);
    const after = cursors.after(['string', 'number']);
    const { found, checkpoint } = await this.answers.changes({ ...wanted, ...(after && { after }) });
    return { changes: found.changes, checkpoint, ...cursors.next(found.next) };
  }
}

/** They come in the order of leaves; several roles may change with one. */
function pageOf(intervals: readonly TrailInterval[], limit: number, cursors: PageCursors) {
  const [index, role] = cursors.after(['number', 'string']) ?? [];
  const ended = intervals.findIndex((one) => one.index === index && one.role === role);
  if (index !== undefined && ended === -1)
    throw malformed({ in: 'query', field: 'cursor', rule: 'must be a cursor from an earlier page of the same query' });
  const page = intervals.slice(ended + 1, ended + 1 + limit);
  const last = page.at(-1);
  const more = last !== undefined && ended + 1 + limit < intervals.length;
  return { intervals: page, ...cursors.next(more ? [last.index, last.role] : undefined) };
}
