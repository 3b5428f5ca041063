import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiWriting } from '../../http-kit/api-docs.js';
import type { LeadAnswer } from './command-answer.dto.js';
import { CommandOrigin, Origin } from './command-origin.js';
import { LeadCommandRunner } from './lead-command-runner.js';
import { AcceptDto, ExpireDto, HandOffDto, HoldDto, RejectDto, ReleaseDto } from './handoff-commands.dto.js';
import { ReasonedDto } from './noted.dto.js';
import { TimedDto } from './lead.dto.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';

/** Commands: handing a lead over, and the answer. */
@ApiTags('lead commands')
@ApiWriting()
@Controller('leads/:id')
export class HandoffCommandsController {
  constructor(private readonly runner: LeadCommandRunner) {}

  /** Holds a qualified lead until sales has room; by hand, with a reason. */
  @Post('hold')
  @HttpCode(200)
  hold(@Param('id', UuidPipe) id: string, @Body() dto: HoldDto, @Origin() origin: CommandOrigin): Promise<LeadAnswer> {
    return this.runner.run(id, 'hold', dto, origin);
  }

  /** Releases a held lead. */
  @Post('release')
  @HttpCode(200)
  release(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReleaseDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'release', dto, origin);
  }

  /** For lead-routing: holds the lead or hands it off, by the agreed rules. */
  @Post('route')
  @HttpCode(200)
  route(
    @Param('id', UuidPipe) id: string,
    @Body() dto: TimedDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'route', dto, origin);
  }

  /** Hands the lead off by hand, with a reason; the rule does it by itself. */
  @Post('hand-off')
  @HttpCode(200)
  handOff(
    @Param('id', UuidPipe) id: string,
    @Body() dto: HandOffDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'hand-off', dto, origin);
  }

  /** Takes an offer back. */
  @Post('withdraw-handoff')
  @HttpCode(200)
  withdrawHandoff(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ReasonedDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'withdraw-handoff', dto, origin);
  }

  /** Accepts the offer: the caller becomes the worker. */
  @Post('accept')
  @HttpCode(200)
  accept(
    @Param('id', UuidPipe) id: string,
    @Body() dto: AcceptDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'accept', dto, origin);
  }

  /** Declines the offer with an agreed reason. */
  @Post('reject')
  @HttpCode(200)
  reject(
    @Param('id', UuidPipe) id: string,
    @Body() dto: RejectDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'reject', dto, origin);
  }

  /** For the clock: the time to accept has passed. */
  @Post('expire')
  @HttpCode(200)
  expire(
    @Param('id', UuidPipe) id: string,
    @Body() dto: ExpireDto,
    @Origin() origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    return this.runner.run(id, 'expire', dto, origin);
  }
}
