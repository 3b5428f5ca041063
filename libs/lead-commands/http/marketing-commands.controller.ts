import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiWriting } from '../../http-kit/api-docs.js';
import type { LeadAnswer } from './command-answer.dto.js';
import { CommandOrigin, Origin } from './command-origin.js';
import { LeadCommandRunner } from './lead-command-runner.js';
import {
  CorrectDetailsDto,
  DisqualifyDto,
  MergeDto,
  RecommendMessageDto,
  RecordInterestDto,
  ScoreDto,
  StartNurtureDto,
  TransferStewardshipDto,
  WithdrawQualificationDto,
} from './marketing-commands.dto.js';
import { ReasonedDto } from './noted.dto.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';

/** Commands: what marketing does with a lead. */
@ApiTags('lead commands')
@ApiWriting()
@Controller('leads/:id')
export class MarketingCommandsController {
  constructor(private readonly runner: LeadCommandRunner) {}

  /** The contact came back: another source, topic or behaviour. */
  @Post('record-interest')
  @HttpCode(200)
  recordInterest(
    @Param('id', UuidPipe) id: string,
    @Body() dto: RecordInterestDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'record-interest', dto, origin);
  }

  /** Scores by hand, with a reason; the rule scores by itself. */
  @Post('score')
  @HttpCode(200)
  score(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ScoreDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'score', dto, origin);
  }

  /** Puts the lead on a keep-in-contact track. */
  @Post('start-nurture')
  @HttpCode(200)
  startNurture(
    @Param('id', UuidPipe) id: string,
    @Body() dto: StartNurtureDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'start-nurture', dto, origin);
  }

  /** Qualifies by hand, against or without the policy: an exception with an agreed reason. */
  @Post('qualify')
  @HttpCode(200)
  qualify(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReasonedDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'qualify', dto, origin);
  }

  /** Takes a qualification back: the lead returns to nurturing. */
  @Post('withdraw-qualification')
  @HttpCode(200)
  withdrawQualification(
    @Param('id', UuidPipe) id: string,
    @Body() dto: WithdrawQualificationDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'withdraw-qualification', dto, origin);
  }

  /** Gives the lead another steward. */
  @Post('transfer-stewardship')
  @HttpCode(200)
  transferStewardship(
    @Param('id', UuidPipe) id: string,
    @Body() dto: TransferStewardshipDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'transfer-stewardship', dto, origin);
  }

  /** Says what to pitch. */
  @Post('recommend-message')
  @HttpCode(200)
  recommendMessage(
    @Param('id', UuidPipe) id: string,
    @Body() dto: RecommendMessageDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'recommend-message', dto, origin);
  }

  /** Corrects the profile or the person’s details; the lead is scored anew. */
  @Post('correct-details')
  @HttpCode(200)
  correctDetails(
    @Param('id', UuidPipe) id: string,
    @Body() dto: CorrectDetailsDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'correct-details', dto, origin);
  }

  /** Never to be worked: with a reason, or countersigning what sales proposed. Needs If-Match. */
  @Post('disqualify')
  @HttpCode(200)
  disqualify(
    @Param('id', UuidPipe) id: string,
    @Body() dto: DisqualifyDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'disqualify', dto, origin);
  }

  /** Declines what sales proposed. */
  @Post('decline-disqualification')
  @HttpCode(200)
  declineDisqualification(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReasonedDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'decline-disqualification', dto, origin);
  }

  /** Takes a disqualified lead up again. */
  @Post('reopen')
  @HttpCode(200)
  reopen(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReasonedDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'reopen', dto, origin);
  }

  /** Merges the lead into another of the same contact. Needs If-Match. */
  @Post('merge')
  @HttpCode(200)
  merge(
    @Param('id', UuidPipe) id: string,
    @Body() dto: MergeDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'merge', dto, origin);
  }

  /** Undoes a merge. Needs If-Match. */
  @Post('unmerge')
  @HttpCode(200)
  unmerge(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReasonedDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'unmerge', dto, origin);
  }
}
