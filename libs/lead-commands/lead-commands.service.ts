import type { Actor, Refusal } from '../decider/decision.js';
import { isoTime } from '../decider/clock.js';
import { bodyMac, commandId as commandIdOf, offerIdOf } from '../ids/command-ids.js';
import { admit, decide, type LeadResult } from '../lead-lifecycle/decide/decide.js';
import type { LeadCommand, LeadCommandKind } from '../lead-lifecycle/lead-commands.js';
import type { LeadDraft } from '../lead-lifecycle/lead-events.js';
import type { LeadFacts } from '../lead-lifecycle/lead-facts.js';
import type { LeadState } from '../lead-lifecycle/lead-state.js';
import { WHO_MAY } from '../lead-lifecycle/permissions.js';
import { satisfies } from '../http-kit/entity-tag.js';
import type { NewEvent } from '../event-store/event-store.js';
import { actorsOf, authnOf, type Envelope, type Sender } from './caller.js';
import type { CommandParts } from './command-parts.js';
import { personBehind, survivorOf } from './contact-identity.js';
import { leadFold } from './folds.js';
import type { LoadedStream } from './loaded-stream.js';
import type { Attempt, Executed } from './stream-commands.js';
import { mayRead, readsAll } from './visibility.js';

export const leadStream = (id: string): string => `lead-${id}`;
export type LeadExecuted = Executed<LeadState, LeadResult>;
/** A command as it is asked for: its frame (ids, the lead) comes from the envelope. */
export type LeadCommandBody<K extends LeadCommandKind = LeadCommandKind> = {
  [Kind in K]: Omit<Extract<LeadCommand, { kind: Kind }>, 'commandId' | 'lead' | 'offerId'> &
    (Kind extends 'expire' ? { readonly offerId: string } : { readonly offerId?: string });
}[K];

/** A command on its way, with what all its events carry. */
interface Asked {
  readonly command: LeadCommand;
  readonly envelope: Envelope;
  readonly bodyMac: string;
}

const MOST_MERGES = 16;
/** How a command on a merged lead ends that it has not written: everything but its repetition and a reused key. */
const NOT_DONE_HERE: readonly LeadExecuted['kind'][] = ['refused', 'stale', 'precondition-required'];
/** People decide these over what others may just have done, so they must name the state they have seen. */
const ON_A_VIEW: readonly LeadCommandKind[] = ['merge', 'unmerge', 'disqualify', 'reassign'];
const LOAD_MATTERS: readonly LeadCommandKind[] = ['route', 'hold', 'release'];

/** Runs commands on existing leads. Creating one is `LeadCreation`. */
export class LeadCommands {
  constructor(private readonly parts: CommandParts) {}

  /**
   * @throws LineFull, StoreFault, KeyStoreFault: nothing is known to have happened; the command may be repeated
   */
  async execute(leadId: string, body: LeadCommandBody, envelope: Envelope): Promise<LeadExecuted & { lead: string }> {
    if (!mayEver(body.kind, envelope.sender)) {
      const rule = `${body.kind} is not for your role`;
      return { kind: 'refused', refusal: { code: 'forbidden', rule }, lead: leadId };
    }
    let lead = leadId;
    for (let hops = 0; ; hops += 1) {
      const executed = await this.#executeOn(lead, leadId, body, envelope);
      const mayFollow = body.kind === 'contact' && hops < MOST_MERGES && NOT_DONE_HERE.includes(executed.kind);
      const survivor = mayFollow ? await this.#mergedInto(lead) : undefined;
      if (survivor === undefined) return { ...executed, lead };
      lead = survivor;
    }
  }

  /** @param askedLead the lead that the command names: part of its id, wherever it is written */
  async #executeOn(lead: string, askedLead: string, body: LeadCommandBody, envelope: Envelope): Promise<LeadExecuted> {
    const { secret } = this.parts;
    const { sender, key, row } = envelope;
    const commandId = commandIdOf(secret, {
      client: sender.client,
      operation: `lead.${body.kind}`,
      target: leadStream(askedLead),
      key,
      ...(row === undefined ? {} : { row }),
    });
    const offer = body.kind === 'hand-off' ? { offerId: offerIdOf(secret, commandId) } : {};
    const command = { ...body, ...offer, lead, commandId } as LeadCommand;
    const asked: Asked = { command, envelope, bodyMac: bodyMac(secret, envelope.body) };
    let admitted: Actor | undefined;
    return this.parts.commands.execute<LeadState, LeadResult>({
      stream: leadStream(lead),
      fold: leadFold,
      commandId,
      bodyMac: asked.bodyMac,
      precondition: (revision) => {
        if (envelope.ifMatch === undefined) return mustHaveSeen(body.kind, sender) ? 'required' : 'holds';
        return satisfies(revision, envelope.ifMatch) ? 'holds' : 'stale';
      },
      admit: ({ state, taken }) => {
        // Its own sender's repetition is answered even where the command ended their sight of the lead.
        if (taken.has(commandId)) return undefined;
        if (!mayRead(state, sender, this.parts.reference.teams)) return { code: 'not-found', what: 'lead' };
        const outcome = this.#admit(command, state, sender);
        if (!('id' in outcome)) return outcome;
        admitted = outcome;
        return undefined;
      },
      attempt: async (loaded) => {
        if (!admitted) throw new Error('attempted before it was admitted');
        return this.#attempt(asked, loaded, admitted);
      },
    });
  }

  /** The caller as the actor in the first role that has the right, with the team it acts for; else the refusal. */
  #admit(command: LeadCommand, state: LeadState, sender: Sender): Actor | Refusal {
    let refusal: Refusal = { code: 'forbidden', rule: 'no role' };
    for (const actor of actorsOf(sender)) {
      const admission = admit(command, state, this.#factsAtHand(command, state, actor));
      if (admission.ok) return { ...actor, ...(admission.right.team ? { team: admission.right.team } : {}) };
      refusal = admission.refusal;
    }
    return refusal;
  }

  #factsAtHand(command: LeadCommand, state: LeadState, actor: Actor): LeadFacts {
    const now = isoTime(this.parts.clock());
    const { reference } = this.parts;
    return {
      now,
      actor,
      teams: reference.teams,
      ...reference.inForce(segmentAfter(command, state), now),
      consentWithdrawn: false,
      contactErased: false,
    };
  }

  async #attempt(asked: Asked, loaded: LoadedStream<LeadState>, actor: Actor): Promise<Attempt<LeadResult>> {
    const { command, envelope } = asked;
    const { state } = loaded;
    const facts = await this.#facts(command, state, actor, envelope.sender);
    const decision = decide(command, state, facts);
    if (!decision.ok) return decision;
    const contact = state.contact ?? '';
    // From the contact's own stream, so that no process seals with a key that it still remembers.
    if (facts.contactErased && decision.events.some(({ personal }) => personal !== undefined)) return gone;
    await this.#reserveAddresses(contact, decision.events, envelope.sender);
    const events = await this.#written(asked, loaded, facts, decision.events);
    if (events === 'erased') return gone;
    return { ok: true, result: decision.result, events };
  }

  #written(
    { command, envelope, bodyMac }: Asked,
    { state, recordedAt, revision }: LoadedStream<LeadState>,
    { now, actor }: LeadFacts,
    drafts: readonly LeadDraft[],
  ): Promise<readonly NewEvent[] | 'erased'> {
    const { correlationId, causationId, sender } = envelope;
    const writing = {
      stream: leadStream(command.lead),
      commandId: command.commandId,
      bodyMac,
      correlationId,
      causationId: causationId ?? command.commandId,
      actor,
      authn: authnOf(sender),
      recordedAt: now > recordedAt ? now : recordedAt,
      after: revision,
    };
    return this.parts.writer.writeLead(writing, drafts, state.contact ?? '');
  }

  /** All that this command's guards look at, each read as late as possible. */
  async #facts(command: LeadCommand, state: LeadState, actor: Actor, sender: Sender): Promise<LeadFacts> {
    const atHand = this.#factsAtHand(command, state, actor);
    const person = await personBehind(this.parts.commands, state.contact ?? '');
    const laden = LOAD_MATTERS.includes(command.kind) ? await this.parts.salesLoad() : undefined;
    const survivor = command.kind === 'merge' ? await this.#survivorFacts(command.into, state, sender) : undefined;
    return {
      ...atHand,
      refs: [...atHand.refs, ...person.refs],
      consentWithdrawn: person.consentWithdrawn,
      contactErased: person.erased,
      ...(laden ? { load: laden.load, offerId: offerIdOf(this.parts.secret, command.commandId) } : {}),
      ...(survivor ? { survivor } : {}),
    };
  }

  /** A lead that the caller may not read is none to merge into. */
  async #survivorFacts(into: string, state: LeadState, sender: Sender): Promise<LeadFacts['survivor']> {
    const { commands, reference } = this.parts;
    const other = await commands.load(leadStream(into), leadFold);
    if (other.revision < 0 || !mayRead(other.state, sender, reference.teams)) return undefined;
    const [one, two] = await Promise.all(
      [state.contact ?? '', other.state.contact ?? ''].map((contact) => survivorOf(commands, contact)),
    );
    return { merged: other.state.leaf === 'merged', sameContact: one === two };
  }

  /**
   * Corrected addresses must find the contact from now on: reserved before the event is appended. Whether they are
   * somebody else's already is not to be told by the time that it takes.
   */
  async #reserveAddresses(contact: string, drafts: readonly LeadDraft[], sender: Sender): Promise<void> {
    for (const draft of drafts) {
      if (draft.type !== 'LeadDetailsCorrected') continue;
      const { email, phone } = draft.personal ?? {};
      if (email === undefined && phone === undefined) continue;
      const reserve = () =>
        this.parts.personalData.addAddresses(contact, {
          ...(email === undefined ? {} : { emails: [email] }),
          ...(phone === undefined ? {} : { phones: [phone] }),
        });
      await (readsAll(sender) ? reserve() : this.parts.ticks.endOnTick(reserve));
    }
  }

  /** A touch on a merged lead belongs to the lead it was merged into. */
  async #mergedInto(lead: string): Promise<string | undefined> {
    const { state } = await this.parts.commands.load(leadStream(lead), leadFold);
    return state.leaf === 'merged' ? state.mergedInto : undefined;
  }
}

const gone = { ok: false, refusal: { code: 'conflict', rule: 'the contact was erased' } } as const;

/** A correction that moves the lead to another segment is scored by that segment's policy. */
const segmentAfter = (command: LeadCommand, { profile }: LeadState): string | undefined =>
  (command.kind === 'correct-details' ? command.profile?.segment : undefined) ?? profile.segment;

const mustHaveSeen = (kind: LeadCommandKind, { roles }: Sender): boolean =>
  ON_A_VIEW.includes(kind) && !roles.some((role) => role === 'rule' || role === 'import');

/** Whether any of the caller's roles could ever do this, on whatever lead: known without reading one. */
export function mayEver(kind: LeadCommandKind, { roles }: Sender): boolean {
  if (roles.includes('import')) return true;
  return WHO_MAY[kind].some((relation) => {
    switch (relation) {
      case 'rule':
      case 'import':
      case 'service':
      case 'privacy':
        return roles.includes(relation);
      case 'steward':
      case 'stewarding-team':
      case 'marketing-manager':
        return roles.includes('marketing');
      case 'offeree':
      case 'worker':
      case 'sales-manager':
      case 'last-worker':
        return roles.includes('sales');
    }
  });
}
