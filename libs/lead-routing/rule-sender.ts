import type { ContactCommand } from '../contacts/decide-contact.js';
import type { OfferUnderWay } from '../lead-commands/command-parts.js';
import type { LeadCommandBody } from '../lead-commands/lead-commands.service.js';

/** What a rule asks for, and what made it: the key of the command is the trigger and the rule, nothing else. */
export interface RuleCommand {
  /** id of the event that triggered it */
  readonly trigger: string;
  readonly rule: string;
}

/** What a command on a lead led to. */
export interface DoneLead {
  readonly revision: number;
  /** it was done before */
  readonly repeated: boolean;
  /** where the lead is offered now */
  readonly offer?: OfferUnderWay;
}

/**
 * How a processor's commands reach lead-api: in the process, or over HTTP with a service token. A repetition of trigger
 * and rule is the same command. Resolves with what it led to, or undefined where it was refused, which is
 * final: the lead has moved on.
 *
 * @throws where nothing is known to have happened; the processor then tries again
 */
export interface RuleSender {
  lead(lead: string, body: LeadCommandBody, command: RuleCommand): Promise<DoneLead | undefined>;
  contact(
    contact: string,
    body: Exclude<ContactCommand, { type: 'register' }>,
    command: RuleCommand,
    occurredAt: string,
  ): Promise<number | undefined>;
}
