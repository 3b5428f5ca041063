import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiWriting } from '../../http-kit/api-docs.js';
import { LOG_KEYS_STREAM, type LogKeysCommand } from '../../log-decisions/log-keys.js';
import { LOG_QUARANTINE_STREAM, type QuarantineCommand } from '../../log-decisions/quarantine.js';
import { LogCommands } from '../log-commands.service.js';
import type { Executed } from '../stream-commands.js';
import { doneOr, envelopeOf, tagged, writtenEvents } from './command-answer.js';
import type { WrittenEvent } from './command-answer.dto.js';
import { CommandOrigin, Origin } from './command-origin.js';
import { AnnounceKeyDto, RetireKeyDto, QuarantinedEventDto, ProposeQuarantineDto } from './log-decisions.dto.js';

interface DecisionAnswer {
  readonly stream: string;
  readonly revision: number;
  readonly repeated: boolean;
  readonly events: readonly WrittenEvent[];
}

/** Decisions about the log itself: the keys that sign, and events that are sealed though they break a rule. */
@ApiTags('audit')
@ApiWriting()
@Controller('audit')
export class LogDecisionsController {
  constructor(private readonly commands: LogCommands) {}

  /** A key that will sign events: announced by an event that the key before it signs. For an administrator. */
  @Post('event-keys/announce')
  @HttpCode(200)
  announceEventKey(@Body() dto: AnnounceKeyDto, @Origin() origin: CommandOrigin) {
    return this.#keys({ type: 'announce-event-key', vkey: dto.vkey }, dto, origin);
  }

  /** A key that signs no event any more, once every process has started with the next one. For an administrator. */
  @Post('event-keys/retire')
  @HttpCode(200)
  retireEventKey(@Body() dto: RetireKeyDto, @Origin() origin: CommandOrigin) {
    return this.#keys({ type: 'retire-event-key', key: dto.key, reason: dto.reason }, dto, origin);
  }

  /** A key that will sign the log's checkpoints. For an administrator. */
  @Post('log-keys/announce')
  @HttpCode(200)
  announceLogKey(@Body() dto: AnnounceKeyDto, @Origin() origin: CommandOrigin) {
    return this.#keys({ type: 'announce-log-key', vkey: dto.vkey }, dto, origin);
  }

  /** An event at which sealing stopped is to be sealed and flagged. For an administrator. */
  @Post('quarantine/propose')
  @HttpCode(200)
  propose(@Body() dto: ProposeQuarantineDto, @Origin() origin: CommandOrigin) {
    return this.#quarantine({ type: 'propose', ...eventOf(dto), reason: dto.reason }, dto, origin);
  }

  /** The very event that was proposed. For an auditor who is another person. */
  @Post('quarantine/approve')
  @HttpCode(200)
  approve(@Body() dto: QuarantinedEventDto, @Origin() origin: CommandOrigin) {
    return this.#quarantine({ type: 'approve', ...eventOf(dto) }, dto, origin);
  }

  async #keys(command: LogKeysCommand, dto: object, origin: CommandOrigin): Promise<DecisionAnswer> {
    return answered(LOG_KEYS_STREAM, await this.commands.keys(command, enveloped(dto, origin)), origin);
  }

  async #quarantine(command: QuarantineCommand, dto: object, origin: CommandOrigin): Promise<DecisionAnswer> {
    return answered(LOG_QUARANTINE_STREAM, await this.commands.quarantine(command, enveloped(dto, origin)), origin);
  }
}

const eventOf = ({ event, stream, revision, bodyHash }: QuarantinedEventDto) => ({ event, stream, revision, bodyHash });

const enveloped = (dto: object, { caller, key, requestId, ifMatch }: CommandOrigin) =>
  envelopeOf(caller, key, dto, requestId, ifMatch);

function answered(stream: string, executed: Executed<unknown, null>, { reply }: CommandOrigin): DecisionAnswer {
  const { revision, repeated, events } = doneOr(executed);
  return tagged(reply, { stream, revision, repeated, events: writtenEvents(events) });
}
