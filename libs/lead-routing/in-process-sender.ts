import type { ContactCommands } from '../lead-commands/contact-commands.service.js';
import type { Envelope, Sender } from '../lead-commands/caller.js';
import type { LeadCommands } from '../lead-commands/lead-commands.service.js';
import type { JsonObject } from '../decider/json.js';
import type { RuleCommand, RuleSender } from './rule-sender.js';

const SENDER: Sender = {
  subject: 'lead-routing',
  client: 'lead-routing',
  roles: ['rule'],
  issuer: 'urn:baton:internal',
  how: 'internal',
};

/** Sends to the command side of the same process. */
export class InProcessSender implements RuleSender {
  constructor(
    private readonly leads: LeadCommands,
    private readonly contacts: ContactCommands,
  ) {}

  async lead(...[lead, body, command]: Parameters<RuleSender['lead']>): Promise<number | undefined> {
    const executed = await this.leads.execute(lead, body, envelopeOf(command));
    return executed.kind === 'done' ? executed.revision : undefined;
  }

  async contact(...[contact, body, command, at]: Parameters<RuleSender['contact']>): Promise<number | undefined> {
    const executed = await this.contacts.execute(contact, body, envelopeOf(command), at);
    return executed.kind === 'done' ? executed.revision : undefined;
  }
}

/** The body names trigger and rule only: what the rule chooses, it chooses from facts when it is decided. */
const envelopeOf = ({ trigger, rule }: RuleCommand): Envelope => ({
  sender: SENDER,
  key: [trigger, rule],
  body: { trigger, rule } satisfies JsonObject,
  correlationId: trigger,
  causationId: trigger,
});
