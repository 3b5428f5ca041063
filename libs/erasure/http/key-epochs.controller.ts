import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Logger } from 'pino';
import { ApiReading } from '../../http-kit/api-docs.js';
import { CurrentCaller, type Caller } from '../../http-kit/caller.js';
import { forbidden } from '../../http-kit/problem-exception.js';
import { ACCESS_LOG } from '../../lead-commands/tokens.js';
import type { Rotated } from '../../personal-data/epoch-rotation.js';
import { BeginEpochDto } from './key-epochs.dto.js';

export const ROTATE = Symbol('rotate');
export type Rotate = () => Promise<Rotated>;

@ApiTags('data subjects')
@Controller('key-epochs')
export class KeyEpochsController {
  constructor(
    @Inject(ROTATE) private readonly rotate: Rotate,
    @Inject(ACCESS_LOG) private readonly log: Logger,
  ) {}

  /**
   * Begins a new key epoch, wraps all keys anew and destroys the old epochs' keys; roles privacy, admin. Who was erased
   * before is then in no backup either, and no backup from before can be read any more: take a new one after it.
   */
  @Post('rotation')
  @HttpCode(200)
  @ApiReading()
  async begin(@CurrentCaller() caller: Caller, @Body() { reason }: BeginEpochDto): Promise<Rotated> {
    if (!caller.roles.some((role) => role === 'privacy' || role === 'admin'))
      throw forbidden('only for privacy, admin');
    const rotated = await this.rotate();
    this.log.info({ ...rotated, reason, subject: caller.subject }, 'a new key epoch was begun');
    return rotated;
  }
}
