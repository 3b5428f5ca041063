import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading, ApiWriting } from '../../http-kit/api-docs.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../decider/json.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { Cursors, PageCursors } from '../../http-kit/cursor.js';
import { IdempotencyKey } from '../../http-kit/idempotency-key.js';
import { PageQuery } from '../../http-kit/page-query.dto.js';
import { forbidden, malformed, notFound } from '../../http-kit/problem-exception.js';
import type { Logger } from 'pino';
import { LeadCreation } from '../lead-creation.js';
import { ACCESS_LOG } from '../tokens.js';
import { LeadHistory } from '../lead-history.service.js';
import type { AsOf } from '../lead-past.js';
import { BatchCreation, type RowVerdict } from './batch-creation.js';
import { contactEvents, doneOr, envelopeOf, leadAnswer, senderOf, tagged } from './command-answer.js';
import type { LeadAnswer } from './command-answer.dto.js';
import { createBodyOf } from './create-body.js';
import { CreateLeadDto, CreateLeadsDto } from './lead.dto.js';
import { leadView, timelineView, type LeadView, type TimelineView } from './lead-view.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';
import { mayReadPersonal } from '../visibility.js';
import { AsOfQuery } from './times.dto.js';

@ApiTags('leads')
@Controller('leads')
export class LeadsController {
  constructor(
    private readonly creation: LeadCreation,
    private readonly batches: BatchCreation,
    private readonly history: LeadHistory,
    @Inject(ACCESS_LOG) private readonly log: Logger,
  ) {}

  /** Creates a lead. If the person has an open or lost lead that you may read, it is named (409 duplicate). */
  @Post()
  @ApiWriting()
  async create(
    @CurrentCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Body() dto: CreateLeadDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LeadAnswer> {
    const executed = await this.creation.create(createBodyOf(dto, caller), envelopeOf(caller, key, dto, request.id));
    const answer = { ...leadAnswer(executed.lead, doneOr(executed)), ...contactEvents(executed) };
    void reply.header('location', `/leads/${answer.lead}`);
    return tagged(reply, answer);
  }

  /** Creates up to 500 leads, each row by itself: a refused one does not stop the others. */
  @Post('batch')
  @HttpCode(200)
  @ApiWriting()
  async createBatch(
    @CurrentCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Body() dto: CreateLeadsDto,
    @Req() request: FastifyRequest,
  ): Promise<{ verdicts: RowVerdict[] }> {
    return { verdicts: await this.batches.create(dto.leads, caller, key, request.id) };
  }

  /** The lead now, or as of a revision or a time. */
  @Get(':id')
  @ApiReading()
  async show(
    @CurrentCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() query: AsOfQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LeadView> {
    const asOf = asOfOf(query);
    const sender = senderOf(caller);
    const found = asOf ? await this.history.at(id, asOf, sender) : await this.history.now(id, sender);
    if (!found) throw notFound('lead');
    return tagged(reply, leadView(id, found));
  }

  /** All that happened to the lead, oldest first, by whichever team. */
  @Get(':id/timeline')
  @ApiReading()
  async timeline(
    @CurrentCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { limit }: PageQuery,
    @Cursors() cursors: PageCursors,
  ): Promise<TimelineView> {
    const [from] = cursors.after(['number']) ?? [0];
    const entries = await this.history.timeline(id, senderOf(caller), { from, limit });
    if (!entries) throw notFound('lead');
    return timelineView(entries, cursors.next(entries.length === limit ? [from + limit] : undefined));
  }

  /** The person behind the lead: the only way to them. Each look is logged; not for analysts and auditors (403). */
  @Get(':id/contact')
  @ApiReading()
  async contact(
    @CurrentCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Req() request: FastifyRequest,
  ): Promise<{ details: JsonObject | 'erased' }> {
    const sender = senderOf(caller);
    // By the role alone, so that it says nothing about the lead.
    if (!mayReadPersonal(sender)) throw forbidden('the person behind a lead is not for your role');
    const details = await this.history.contactDetails(id, sender);
    if (details === undefined) throw notFound('lead');
    this.log.info({ lead: id, subject: caller.subject, requestId: request.id }, 'personal data read');
    return { details };
  }
}

function asOfOf({ revision, at, as }: AsOfQuery): AsOf | undefined {
  if (revision !== undefined && at !== undefined) {
    throw malformed({ in: 'query', field: 'revision', rule: 'must not be given together with at' });
  }
  if (as !== undefined && at === undefined) throw malformed({ in: 'query', field: 'as', rule: 'goes with at only' });
  if (revision !== undefined) return { kind: 'revision', revision };
  return at === undefined ? undefined : { kind: as ?? 'happened', at };
}
