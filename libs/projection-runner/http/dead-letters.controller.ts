import { Body, Controller, Get, HttpCode, Inject, Injectable, Param, Post, type PipeTransform } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { NamePipe } from '../../http-kit/path-parameters.js';
import { malformed } from '../../http-kit/problem-exception.js';
import { DeadLetterOperations } from '../dead-letter-operations.js';
import type { SkipDecision } from '../skipped-events.js';
import { assertOperator, operatedOr } from './operators.js';
import { ReleaseEventDto } from './dead-letters.dto.js';

/** Who decides now: gives the decision its id and time. */
export const NEW_DECISION = Symbol('new decision');
export type NewDecision = (by: string) => SkipDecision;

@Injectable()
class StreamPipe implements PipeTransform<string, string> {
  transform(stream: string): string {
    if (!/^[a-z]{1,32}-[A-Za-z0-9_-]{1,128}$/.test(stream)) {
      throw malformed({ in: 'path', field: 'stream', rule: 'must be the name of a stream' });
    }
    return stream;
  }
}

/** Events that a view could not fold: their stream waits there until somebody lets it go on. For administrators. */
@ApiTags('operation')
@ApiReading()
@Controller('dead-letters')
export class DeadLettersController {
  constructor(
    private readonly letters: DeadLetterOperations,
    @Inject(NEW_DECISION) private readonly newDecision: NewDecision,
  ) {}

  /** The streams that wait, longest first. */
  @Get()
  async list(@CurrentCaller() caller: Caller) {
    assertOperator(caller);
    return { streams: await this.letters.list() };
  }

  /** The events of a stream that wait, without what they say. */
  @Get(':projection/:stream')
  async show(
    @CurrentCaller() caller: Caller,
    @Param('projection', NamePipe) projection: string,
    @Param('stream', StreamPipe) stream: string,
  ) {
    assertOperator(caller);
    return { letters: operatedOr(await this.letters.show(projection, stream)) };
  }

  /** Goes on with the stream, in its order, after what was wrong is mended. */
  @Post(':projection/:stream/retry')
  @HttpCode(200)
  async retry(
    @CurrentCaller() caller: Caller,
    @Param('projection', NamePipe) projection: string,
    @Param('stream', StreamPipe) stream: string,
  ) {
    assertOperator(caller);
    return { builds: operatedOr(await this.letters.retry(projection, stream)) };
  }

  /** Passes over one event for good, in every later build too, and goes on with its stream. */
  @Post(':projection/:stream/release')
  @HttpCode(200)
  async release(
    @CurrentCaller() caller: Caller,
    @Param('projection', NamePipe) projection: string,
    @Param('stream', StreamPipe) stream: string,
    @Body() { revision }: ReleaseEventDto,
  ) {
    assertOperator(caller);
    const decision = this.newDecision(caller.subject);
    return { builds: operatedOr(await this.letters.release(projection, { stream, revision }, decision)) };
  }
}
