import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiWriting } from '../../http-kit/api-docs.js';
import type { LeadAnswer } from './command-answer.dto.js';
import { CommandOrigin, Origin } from './command-origin.js';
import { LeadCommandRunner } from './lead-command-runner.js';
import { ReasonedDto } from './noted.dto.js';
import {
  AdvanceDto,
  ContactDto,
  LoseDto,
  RateDto,
  ReassignDto,
  RecordInsightDto,
  RecycleDto,
  SalesQualifyDto,
  WinDto,
} from './sales-commands.dto.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';

/** Commands: working a lead. */
@ApiTags('lead commands')
@ApiWriting()
@Controller('leads/:id')
export class SalesCommandsController {
  constructor(private readonly runner: LeadCommandRunner) {}

  /** Records a touch. One that happened is never refused. */
  @Post('contact')
  @HttpCode(200)
  contact(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ContactDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'contact', dto, origin);
  }

  /** Moves to another stage of the same phase. */
  @Post('advance')
  @HttpCode(200)
  advance(
    @Param('id', UuidPipe) id: string,
    @Body() dto: AdvanceDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'advance', dto, origin);
  }

  /** SQL: sales confirmed in conversation that need and potential are real. */
  @Post('sales-qualify')
  @HttpCode(200)
  salesQualify(
    @Param('id', UuidPipe) id: string,
    @Body() dto: SalesQualifyDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'sales-qualify', dto, origin);
  }

  /** Back to nurturing, with a reason and a resume date. */
  @Post('recycle')
  @HttpCode(200)
  recycle(
    @Param('id', UuidPipe) id: string,
    @Body() dto: RecycleDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'recycle', dto, origin);
  }

  /** Lost, with a reason of the agreed list. */
  @Post('lose')
  @HttpCode(200)
  lose(@Param('id', UuidPipe) id: string, @Body() dto: LoseDto, @Origin() origin: CommandOrigin): Promise<LeadAnswer> {
    return this.runner.run(id, 'lose', dto, origin);
  }

  /** Won. Final: new interest is a new lead. */
  @Post('win')
  @HttpCode(200)
  win(@Param('id', UuidPipe) id: string, @Body() dto: WinDto, @Origin() origin: CommandOrigin): Promise<LeadAnswer> {
    return this.runner.run(id, 'win', dto, origin);
  }

  /** Rates the lead’s quality, also late. */
  @Post('rate')
  @HttpCode(200)
  rate(@Param('id', UuidPipe) id: string, @Body() dto: RateDto, @Origin() origin: CommandOrigin): Promise<LeadAnswer> {
    return this.runner.run(id, 'rate', dto, origin);
  }

  /** Proposes that the steward disqualifies the lead. */
  @Post('propose-disqualification')
  @HttpCode(200)
  proposeDisqualification(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReasonedDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'propose-disqualification', dto, origin);
  }

  /** Gives the lead to another salesperson. Needs If-Match. */
  @Post('reassign')
  @HttpCode(200)
  reassign(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReassignDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'reassign', dto, origin);
  }

  /** What was heard in a conversation, tagged for the editorial plan. */
  @Post('record-insight')
  @HttpCode(200)
  recordInsight(
    @Param('id', UuidPipe) id: string,
    @Body() dto: RecordInsightDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'record-insight', dto, origin);
  }
}
