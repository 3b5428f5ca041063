import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Logger } from 'pino';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { forbidden } from '../../http-kit/problem-exception.js';
import { ACCESS_LOG } from '../../lead-commands/tokens.js';
import type { PepperRotated } from '../../personal-data/pepper-rotation.js';
import { RotatePepperDto } from './blind-index.dto.js';

export const ROTATE_PEPPER = Symbol('rotate pepper');
export type RotatePepper = () => Promise<PepperRotated>;

@ApiTags('data subjects')
@Controller('blind-index')
export class BlindIndexController {
  constructor(
    @Inject(ROTATE_PEPPER) private readonly rotate: RotatePepper,
    @Inject(ACCESS_LOG) private readonly log: Logger,
  ) {}

  /**
   * Lays a new pepper over every address that people are found by, and over every opt-out; roles privacy, admin. Whoever
   * has a copy of the key file from before can then try out no address with what the key store holds from now on. Answered
   * once all are recomputed; where one was interrupted, that is ended instead. Put a fresh copy of the key file away after
   * it: an older one opens the key store no more.
   */
  @Post('rotation')
  @HttpCode(200)
  @ApiReading()
  async begin(@CurrentCaller() caller: Caller, @Body() { reason }: RotatePepperDto): Promise<PepperRotated> {
    if (!caller.roles.some((role) => role === 'privacy' || role === 'admin'))
      throw forbidden('only for privacy, admin');
    const rotated = await this.rotate();
    this.log.info({ ...rotated, reason, subject: caller.subject }, 'a new pepper is over the blind index');
    return rotated;
  }
}
