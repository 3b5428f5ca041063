import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiWriting } from '../../http-kit/api-docs.js';
import { CONTACT_PURPOSE } from '../../contacts/contact.js';
import type { ContactCommand } from '../../contacts/decide-contact.js';
import { ContactCommands } from '../contact-commands.service.js';
import { doneOr, envelopeOf, tagged, writtenEvents } from './command-answer.js';
import { CommandOrigin, Origin } from './command-origin.js';
import { TimedDto } from './lead.dto.js';
import { preconditionFailed } from '../../http-kit/problem-exception.js';
import { readsAll } from '../visibility.js';
import { UuidPipe } from '../../http-kit/path-parameters.js';
import { ChangeConsentDto, MergeContactDto } from './contacts.dto.js';

/**
 * The person behind leads: consent, and two records of one person made one. Whoever does not read all leads is told no
 * revision: several teams may share a contact, and none is to see from it that another does.
 */
@ApiTags('contacts')
@ApiWriting()
@Controller('contacts/:id')
export class ContactsController {
  constructor(private readonly commands: ContactCommands) {}

  @Post('consent')
  @HttpCode(200)
  consent(@Param('id', UuidPipe) id: string, @Body() dto: ChangeConsentDto, @Origin() origin: CommandOrigin) {
    const { consent, purpose = CONTACT_PURPOSE } = dto;
    return this.#run(id, { type: 'change-consent', consent, purpose }, dto, origin);
  }

  @Post('merge')
  @HttpCode(200)
  merge(@Param('id', UuidPipe) id: string, @Body() dto: MergeContactDto, @Origin() origin: CommandOrigin) {
    return this.#run(id, { type: 'merge', into: dto.into, reason: dto.reason }, dto, origin);
  }

  async #run(
    contact: string,
    command: Exclude<ContactCommand, { type: 'register' }>,
    dto: TimedDto,
    { caller, key, requestId, ifMatch, reply }: CommandOrigin,
  ) {
    const envelope = envelopeOf(caller, key, dto, requestId, ifMatch);
    const executed = await this.commands.execute(contact, command, envelope, dto.occurredAt);
    if (!readsAll(envelope.sender)) {
      if (executed.kind === 'stale') throw preconditionFailed();
      const { repeated, events } = doneOr(executed);
      return { contact, repeated, events: writtenEvents(events).map(({ id, type }) => ({ id, type })) };
    }
    const { revision, repeated, events } = doneOr(executed);
    return tagged(reply, { contact, revision, repeated, events: writtenEvents(events) });
  }
}
