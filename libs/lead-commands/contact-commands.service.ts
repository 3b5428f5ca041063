import { contactStream, type ContactState } from '../contacts/contact.js';
import { decideContact, type ContactCommand, type ContactFacts } from '../contacts/decide-contact.js';
import { isErasureCommand, mayErase } from '../contacts/decide-erasure.js';
import type { Actor, Refusal } from '../decider/decision.js';
import { isManager } from '../lead-lifecycle/lead-facts.js';
import type { LeadState } from '../lead-lifecycle/lead-state.js';
import { actorsOf, type Envelope, type Sender } from './caller.js';
import type { CommandParts } from './command-parts.js';
import { survivorOf } from './contact-identity.js';
import { contactFold, leadFold } from './folds.js';
import { leadStream } from './lead-commands.service.js';
import type { PlainCommands } from './reference-commands.service.js';
import type { Executed } from './stream-commands.js';
import type { KeyStore } from '../personal-data/key-store.js';
import { mayRead, readsAll } from './visibility.js';

/** Commands on the person behind leads: consent, merging, mirrored touches. */
export class ContactCommands {
  constructor(
    private readonly plain: PlainCommands,
    private readonly parts: CommandParts,
    private readonly keys: KeyStore,
  ) {}

  /** @throws LineFull, StoreFault, KeyStoreFault: the command may be repeated */
  async execute(
    contact: string,
    command: Exclude<ContactCommand, { type: 'register' }>,
    envelope: Envelope,
    occurredAt?: string,
  ): Promise<Executed<ContactState, null>> {
    const leads = await this.#leadsOf(contact);
    const { sender } = envelope;
    const refusal = this.#outOfSight(command, leads, sender);
    if (refusal) return { kind: 'refused', refusal };
    const target = await this.#target(contact, command, sender);
    const survivor =
      command.type === 'merge' && command.into !== contact ? await this.#survivor(command.into, sender) : undefined;
    const heldElsewhere = command.type === 'approve-erasure' && (await this.#isHeld(target));
    const executed = await this.plain.execute<ContactState, null>({
      stream: contactStream(target),
      fold: contactFold,
      operation: `contact.${command.type}`,
      envelope,
      // Who shares the contact would learn from it that others do something on it.
      hidesRevision: !readsAll(sender),
      decide: ({ state }, actor, now) =>
        decideContact(command, state, {
          now,
          actor,
          ...(occurredAt === undefined ? {} : { occurredAt }),
          ...this.#standing(leads, actor),
          ...(survivor ? { survivor } : {}),
          heldElsewhere,
        }),
    });
    // The index follows the event: run again, it converges, since merging in the key store is idempotent.
    if (executed.kind === 'done' && command.type === 'merge') await this.keys.mergeContacts(contact, command.into);
    // The fence follows the approval at once; where this process ends in between, the erasure's processor sets it.
    if (executed.kind === 'done' && command.type === 'approve-erasure') {
      await this.keys.erase(target, { keepOptOut: executed.state.erasure?.keepOptOut ?? false });
    }
    return executed;
  }

  /** Somebody else's contact is none: the answer is the same as for one that does not exist. */
  #outOfSight(command: ContactCommand, leads: readonly LeadState[], sender: Sender): Refusal | undefined {
    if (isErasureCommand(command)) {
      if (actorsOf(sender).some((actor) => mayErase(command, actor))) return undefined;
      return { code: 'forbidden', rule: `${command.type} is not for your role` };
    }
    return this.#isVisible(leads, sender) || sender.roles.includes('rule') ? undefined : notFound;
  }

  /** Consent and erasing are the person's: they stand with the contact that goes on. */
  async #target(contact: string, command: ContactCommand, sender: Sender): Promise<string> {
    const isOfPerson =
      command.type === 'change-consent' || (isErasureCommand(command) && !sender.roles.includes('rule'));
    return isOfPerson ? survivorOf(this.parts.commands, contact) : contact;
  }

  async #isHeld(contact: string): Promise<boolean> {
    for (const member of await this.keys.members(contact)) {
      const { state } = await this.parts.commands.load(contactStream(member), contactFold);
      if (state.onHold) return true;
    }
    return false;
  }

  async #leadsOf(contact: string): Promise<readonly LeadState[]> {
    const ids = await this.keys.contactLeads(contact);
    return Promise.all(ids.map(async (id) => (await this.parts.commands.load(leadStream(id), leadFold)).state));
  }

  #isVisible(leads: readonly LeadState[], sender: Sender): boolean {
    return leads.some((lead) => mayRead(lead, sender, this.parts.reference.teams));
  }

  /** undefined: there is none for the caller */
  async #survivor(into: string, sender: Sender): Promise<ContactFacts['survivor'] | undefined> {
    if (!this.#isVisible(await this.#leadsOf(into), sender)) return undefined;
    const { state } = await this.parts.commands.load(contactStream(into), contactFold);
    const { erased } = state;
    return state.mergedInto === undefined ? { erased } : { erased, mergedInto: state.mergedInto };
  }

  #standing(leads: readonly LeadState[], actor: Actor) {
    const { teams } = this.parts.reference;
    const team = (id: string | undefined) => (id === undefined ? undefined : teams.get(id));
    return {
      isStewardOrWorker: leads.some(
        ({ steward, worker }) =>
          worker?.person === actor.id ||
          (steward?.person === undefined
            ? (team(steward?.team)?.members.includes(actor.id) ?? false)
            : steward.person === actor.id),
      ),
      isMarketingManager: leads.some(({ steward }) => isManager(team(steward?.team), actor.id)),
    };
  }
}

const notFound: Refusal = { code: 'not-found', what: 'contact' };
