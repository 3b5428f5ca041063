import { Injectable } from '@nestjs/common';
import type { LeadCommandKind } from '../../lead-lifecycle/lead-commands.js';
import { LeadCommands, type LeadCommandBody } from '../lead-commands.service.js';
import { doneOr, envelopeOf, leadAnswer, tagged } from './command-answer.js';
import type { LeadAnswer } from './command-answer.dto.js';
import type { CommandOrigin } from './command-origin.js';

/** Members that the domain wants in any case, where HTTP lets them be left out. */
const DEFAULTS: Partial<Record<LeadCommandKind, object>> = {
  'record-interest': { behaviours: [] },
  'correct-details': { details: {} },
};

/** From a validated request to the domain and back. */
@Injectable()
export class LeadCommandRunner {
  constructor(private readonly commands: LeadCommands) {}

  /** @throws ProblemException where the command is refused */
  async run(
    lead: string,
    kind: Exclude<LeadCommandKind, 'create'>,
    dto: object,
    origin: CommandOrigin,
  ): Promise<LeadAnswer> {
    const { caller, key, requestId, ifMatch, reply } = origin;
    // The DTO of each route has the members of its command; offers' ids are the server's to make.
    const body = { ...DEFAULTS[kind], ...plain(dto), kind } as unknown as LeadCommandBody;
    const executed = await this.commands.execute(lead, body, envelopeOf(caller, key, dto, requestId, ifMatch));
    return tagged(reply, leadAnswer(executed.lead, doneOr(executed)));
  }
}

/** Class instances inside a DTO become plain objects, as events hold them. */
const plain = (dto: object): object => JSON.parse(JSON.stringify(dto)) as object;
