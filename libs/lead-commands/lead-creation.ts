import type { Actor, Refusal } from '../decider/decision.js';
import { isoTime } from '../decider/clock.js';
import { bodyMac, commandId as commandIdOf, contactIdOf, leadIdOf } from '../ids/command-ids.js';
import { admit, decide } from '../lead-lifecycle/decide/decide.js';
import type { CommandOf } from '../lead-lifecycle/lead-commands.js';
import { topState } from '../lead-lifecycle/fold-table.js';
import type { LeadFacts } from '../lead-lifecycle/lead-facts.js';
import { UNCREATED, type LeadState } from '../lead-lifecycle/lead-state.js';
import { contactStream, hasWithdrawn, type ContactState } from '../contacts/contact.js';
import { decideContact } from '../contacts/decide-contact.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { actorsOf, authnOf, type Envelope } from './caller.js';
import type { CommandParts } from './command-parts.js';
import type { Writing } from './event-writer.js';
import { contactFold, leadFold } from './folds.js';
import { leadStream, mayEver, type LeadCommandBody, type LeadExecuted } from './lead-commands.service.js';
import { mayRead, readsAll } from './visibility.js';
import type { Attempt, Executed, StreamCommand } from './stream-commands.js';
import type { LeadResult } from '../lead-lifecycle/decide/decide.js';

export type CreateBody = Omit<LeadCommandBody<'create'>, 'contact'>;

/** A create on its way: the command without yet knowing the person, with what all its events carry. */
interface Asked {
  readonly command: CommandOf<'create'>;
  readonly envelope: Envelope;
  readonly bodyMac: string;
}

/** Who creates, what the lead's first event follows, and who is told what was written of the contact. */
interface Admitted {
  readonly actor: Actor;
  readonly after: number;
  readonly tell: (registered: readonly RecordedEvent[]) => void;
}

type Creation = LeadExecuted & {
  readonly lead: string;
  /** what was written on the contact's stream, for callers who may know whether the person was known */
  readonly registered: readonly RecordedEvent[];
};

type Decided = ReturnType<typeof decide> & { ok: true };

const MOST_TRIES = 3;
const CLOSED = ['won', 'disqualified', 'merged', 'uncreated'];

/**
 * Creates leads: finds the person behind the addresses or makes a contact, refuses what would be a second lead of
 * somebody whose lead the caller may read, and writes contact and lead. Everything follows from the command id, so a
 * repetition after a crash finds what was done and does the rest.
 */
export class LeadCreation {
  constructor(private readonly parts: CommandParts) {}

  /** @throws LineFull, StoreFault, KeyStoreFault: the command may be repeated */
  async create(body: CreateBody, envelope: Envelope): Promise<Creation> {
    const { secret } = this.parts;
    const { sender, key, row } = envelope;
    const commandId = commandIdOf(secret, {
      client: sender.client,
      operation: 'lead.create',
      target: 'create',
      key,
      ...(row === undefined ? {} : { row }),
    });
    const lead = leadIdOf(secret, commandId);
    const command: CommandOf<'create'> = { ...body, lead, commandId, contact: contactIdOf(secret, commandId) };
    const asked: Asked = { command, envelope, bodyMac: bodyMac(secret, envelope.body) };
    let admitted: Actor | undefined;
    let registered: readonly RecordedEvent[] = [];
    const executed = await this.parts.commands.execute<LeadState, LeadResult>({
      stream: leadStream(lead),
      fold: leadFold,
      commandId,
      bodyMac: asked.bodyMac,
      presumedNew: true,
      admit: ({ state, taken }) => {
        if (taken.has(commandId)) return undefined;
        const outcome = this.#admit(command, state, envelope);
        if (!('id' in outcome)) return outcome;
        admitted = outcome;
        return undefined;
      },
      attempt: ({ revision }) => {
        if (!admitted) throw new Error('attempted before it was admitted');
        return this.#attempt(asked, { actor: admitted, after: revision, tell: (events) => (registered = events) });
      },
    });
    // Whether the contact was registered or returned tells whether the person was known: not for all to know.
    if (executed.kind !== 'done' || !readsAll(sender)) return { ...executed, lead, registered: [] };
    const { contact } = executed.state;
    if (executed.repeated && contact !== undefined) {
      const told = await this.#onContact(contact, asked, () => Promise.resolve(refused(NOT_REGISTERED)));
      registered = told.kind === 'done' ? told.events : [];
    }
    return { ...executed, lead, registered };
  }

  #admit(command: CommandOf<'create'>, state: LeadState, { sender }: Envelope): Actor | Refusal {
    let refusal: Refusal = { code: 'forbidden', rule: 'create is not for your role' };
    if (!mayEver('create', sender)) return refusal;
    for (const actor of actorsOf(sender)) {
      const admission = admit(command, state, this.#facts(command, actor));
      if (admission.ok) return { ...actor, ...(admission.right.team ? { team: admission.right.team } : {}) };
      refusal = admission.refusal;
    }
    return refusal;
  }

  #facts({ profile }: CommandOf<'create'>, actor: Actor): LeadFacts {
    const now = isoTime(this.parts.clock());
    const { reference } = this.parts;
    const inForce = reference.inForce(profile.segment, now);
    return { now, actor, teams: reference.teams, ...inForce, consentWithdrawn: false, contactErased: false };
  }

  async #attempt(asked: Asked, { actor, ...place }: Admitted): Promise<Attempt<LeadResult>> {
    const facts = this.#facts(asked.command, actor);
    // A refused command leaves no trace: what can be refused without knowing the person is refused before reserving one.
    const dry = decide(asked.command, UNCREATED, facts);
    if (!dry.ok) return dry;
    const { ticks, writer } = this.parts;
    const find = () => this.#findPerson(asked, { actor, facts, dry, ...place });
    const mayKnow = readsAll(asked.envelope.sender);
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      // All that depends on whether the person was known is done by the tick, and nothing afterwards.
      const found = await (mayKnow ? find() : ticks.endOnTick(find));
      if (found === 'gone') continue;
      if (!found.ok) return found;
      const writing = this.#writing(
        asked,
        actor,
        { recordedAt: facts.now, after: place.after },
        leadStream(asked.command.lead),
      );
      const events = await writer.writeLead(writing, found.events, found.contact);
      if (events !== 'erased') return { ok: true, result: found.result, events };
    }
    return refused({ code: 'conflict', rule: 'others changed the contact; try again' });
  }

  /**
   * Finds the contact or makes it, with everything that is written of it; its key is then at hand.
   *
   * @returns `gone` where it was erased between finding and linking: whoever has the address now is somebody new
   */
  async #findPerson(
    asked: Asked,
    { actor, facts, dry, tell }: Admitted & { facts: LeadFacts; dry: Decided },
  ): Promise<(Decided & { readonly contact: string }) | { ok: false; refusal: Refusal } | 'gone'> {
    const { personalData } = this.parts;
    const { envelope } = asked;
    const { email, phone } = asked.command.details;
    const reserved = await personalData.reserveContact({
      addresses: { ...(email ? { emails: [email] } : {}), ...(phone ? { phones: [phone] } : {}) },
      newContact: asked.command.contact,
      leadId: asked.command.lead,
    });
    if (reserved === 'erased') return refused({ code: 'conflict', rule: 'the contact was erased' });
    const { contact, optedOut } = reserved;
    const known =
      contact === asked.command.contact ? undefined : await this.#known(contact, reserved.leadIds, envelope);
    const command = { ...asked.command, contact };
    const consentWithdrawn = known ? hasWithdrawn(known.contactState) : optedOut;
    const decision =
      known || consentWithdrawn ? decide(command, UNCREATED, { ...facts, ...known, consentWithdrawn }) : dry;
    if (!decision.ok) return decision;
    if (known) {
      const linked = await personalData.linkLead(contact, command.lead);
      if (linked === 'erased') return 'gone';
      if (linked !== 'linked') return refused({ code: 'conflict', rule: 'the contact is no longer there' });
    }
    // Of somebody known as well: as many events are written, and as much is waited for, whether they were or not.
    const told = await this.#register(contact, asked, actor, optedOut);
    if (told.kind === 'refused') return known ? 'gone' : refused(told.refusal);
    tell(told.kind === 'done' ? told.events : []);
    return (await personalData.fetchKey(contact)) === 'erased' ? 'gone' : { ...decision, contact };
  }

  /** What is known of somebody who came before: their open or lost lead, and their consent. */
  async #known(contact: string, leadIds: readonly string[], { sender }: Envelope) {
    const { commands, reference } = this.parts;
    const { state: contactState } = await commands.load(contactStream(contact), contactFold);
    const leads = await Promise.all(
      leadIds.map(async (id) => ({ id, state: (await commands.load(leadStream(id), leadFold)).state })),
    );
    const alive = leads
      .filter(({ state }) => !CLOSED.includes(topState(state.leaf)))
      .map(({ id, state }) => ({ leadId: id, readable: mayRead(state, sender, reference.teams) }));
    const duplicate = alive.find(({ readable }) => readable) ?? alive[0];
    return { contactState, ...(duplicate ? { duplicate } : {}) };
  }

  #register(contact: string, asked: Asked, actor: Actor, optedOut: boolean) {
    return this.#onContact(contact, asked, async ({ state, recordedAt, revision }) => {
      const now = isoTime(this.parts.clock());
      const nobody = { isStewardOrWorker: false, isMarketingManager: false };
      const register = { type: 'register', lead: asked.command.lead, optedOut } as const;
      const decision = decideContact(register, state, { now, actor, ...nobody });
      if (!decision.ok) return decision;
      const place = { recordedAt: now > recordedAt ? now : recordedAt, after: revision };
      const writing = this.#writing(asked, actor, place, contactStream(contact));
      return { ok: true, result: null, events: await this.parts.writer.write(writing, decision.events) };
    });
  }

  /** What the create writes on the contact's stream, or has written there before. */
  #onContact(
    contact: string,
    { command, bodyMac }: Asked,
    attempt: StreamCommand<ContactState, null>['attempt'],
  ): Promise<Executed<ContactState, null>> {
    return this.parts.commands.execute<ContactState, null>({
      stream: contactStream(contact),
      fold: contactFold,
      commandId: command.commandId,
      bodyMac,
      presumedNew: true,
      admit: () => undefined,
      attempt,
    });
  }

  #writing(
    { command, envelope, bodyMac }: Asked,
    actor: Actor,
    place: Pick<Writing, 'recordedAt' | 'after'>,
    stream: string,
  ): Writing {
    const { commandId } = command;
    const { correlationId, causationId = commandId, sender } = envelope;
    const authn = authnOf(sender);
    return { stream, commandId, bodyMac, correlationId, causationId, actor, authn, ...place };
  }
}

const NOT_REGISTERED: Refusal = { code: 'conflict', rule: 'the contact is not registered' };
const refused = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal });
