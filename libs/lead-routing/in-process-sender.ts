import type { ContactCommands } from '../lead-commands/contact-commands.service.js';
import type { Envelope, Sender } from '../lead-commands/caller.js';
import type { LeadCommands } from '../lead-commands/lead-commands.service.js';
import { metadataOf } from '../contracts/event-metadata.js';
import type { JsonObject } from '../decider/json.js';
import type { DoneLead, RuleCommand, RuleSender } from './rule-sender.js';

const senderNamed = (subject: string): Sender => ({
  subject,
  client: subject,
  roles: ['rule'],
  issuer: 'urn:baton:internal',
  how: 'internal',
});

/** Sends to the command side of the same process. */
export class InProcessSender implements RuleSender {
  constructor(
    private readonly leads: LeadCommands,
    private readonly contacts: ContactCommands,
    /** the processor's own */
    private readonly name: string,
  ) {}

  async lead(...[lead, body, command]: Parameters<RuleSender['lead']>): Promise<DoneLead | undefined> {
    const executed = await this.leads.execute(lead, body, envelopeOf(command, this.name));
    if (executed.kind !== 'done') return undefined;
    const { revision, repeated, events, state } = executed;
    const last = events.at(-1);
    if (!state.offeree || !last) return { revision, repeated };
    return { revision, repeated, offer: { lead, offeree: state.offeree, offeredAt: metadataOf(last).recordedAt } };
  }

  async contact(...[contact, body, command, at]: Parameters<RuleSender['contact']>): Promise<number | undefined> {
    const executed = await this.contacts.execute(contact, body, envelopeOf(command, this.name), at);
    return executed.kind === 'done' ? executed.revision : undefined;
  }
}

/** The body names trigger and rule only: what the rule chooses, it chooses from facts when it is decided. */
const envelopeOf = ({ trigger, rule }: RuleCommand, name: string): Envelope => ({
  sender: senderNamed(name),
  key: [trigger, rule],
  body: { trigger, rule } satisfies JsonObject,
  correlationId: trigger,
  causationId: trigger,
});
