import type { Logger } from 'pino';
import { isoTime, type Clock } from '../decider/clock.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { ReferenceData } from '../lead-commands/reference-data.js';
import { contactFold } from '../lead-commands/folds.js';
import type { StreamCommands } from '../lead-commands/stream-commands.js';
import { contactStream } from '../contacts/contact.js';
import { metadataOf } from '../contracts/event-metadata.js';
import { decodeLeadEvent } from '../contracts/lead-event-codec.js';
import { UnknownEvent } from '../contracts/unknown-event.js';
import { errandsOf, LOST_OF_WORKER, type Errand } from './routing-rules.js';
import type { OffersUnderWay } from './offers-under-way.js';
import type { RoutingViews } from './routing-views.js';
import type { RuleSender } from './rule-sender.js';

export interface RoutingParts {
  readonly sender: RuleSender;
  readonly views: RoutingViews;
  /** counted by whoever decides, beside the views */
  readonly offers: OffersUnderWay;
  readonly reference: Pick<ReferenceData, 'teams'>;
  readonly store: Pick<EventStore, 'readStream' | 'comparePositions'>;
  readonly commands: Pick<StreamCommands, 'load'>;
  readonly clock: Clock;
  /** calls back at a time (ISO), also after a restart: the errand's trigger is kept by the caller */
  readonly later: (at: string, trigger: string) => Promise<void>;
  readonly logger: Logger;
}

const SCORED_STATES = ['captured', 'nurturing'];
const MOST_MERGES = 16;

/**
 * The automatic flow: for each event what the rules say, as commands to the command side. It appends nothing itself
 * and keeps nothing but how far it is, so an event that comes again leads to the same commands, which are repetitions.
 */
export class RoutingProcessor {
  constructor(private readonly parts: RoutingParts) {}

  /**
   * A stream with an event that this program does not know is left to a newer one: the others go on.
   *
   * @returns whether there was anything to do
   * @throws where a command could not be sent: the event has to come again
   */
  async handle(event: RecordedEvent): Promise<boolean> {
    const errands = this.#errandsOf(event);
    for (const errand of errands) {
      try {
        await this.#run(errand, event);
      } catch (fault) {
        if (!(fault instanceof UnknownEvent)) throw fault;
        this.#leave(fault);
      }
    }
    return errands.length > 0;
  }

  #leave({ place, type }: UnknownEvent): void {
    this.parts.logger.warn({ ...place, type }, 'lead-routing left a stream with an unknown event');
  }

  /** Scores what waits for a policy; also called when a version comes into force later. */
  async rescore(trigger: string): Promise<void> {
    // A lead that came just before would be missed: nobody looks for it again.
    await this.parts.views.whenCaughtUp();
    for await (const lead of this.parts.views.leadsIn(SCORED_STATES)) {
      await this.parts.sender.lead(lead, { kind: 'score' }, { trigger, rule: 'rescore' });
    }
  }

  /**
   * Routes the leads that stand qualified without ever having been offered, each for the event that asked for it: what
   * was done already is a repetition, and what nobody asked for, such as imported history, is left alone.
   *
   * @returns false where the views did not have them in time: then nothing was done
   */
  async takeUp(): Promise<boolean> {
    if (!(await this.parts.views.whenCaughtUp())) return false;
    await this.#takeUpWaiting();
    return true;
  }

  async #takeUpWaiting(): Promise<void> {
    const { views, store } = this.parts;
    for await (const lead of views.neverOffered()) {
      const events = await store.readStream(`lead-${lead}`, { direction: 'backward' });
      const asked = events.find((event) => this.#errandsOf(event).some(({ kind }) => kind === 'route'));
      if (asked) await this.handle(asked);
    }
  }

  /** None of an event that this program does not know, or that has not what its type must have. */
  #errandsOf(event: RecordedEvent): readonly Errand[] {
    try {
      return errandsOf(event);
    } catch (fault) {
      this.#leave(fault instanceof UnknownEvent ? fault : new UnknownEvent(event, event.type, fault));
      return [];
    }
  }

  async #run(errand: Errand, event: RecordedEvent): Promise<void> {
    switch (errand.kind) {
      case 'route':
        return this.#route(errand.lead, event.id);
      case 'release':
        await this.parts.views.whenSeen(event.stream, event.revision);
        await this.parts.offers.settled();
        return this.#release(errand.team, event.id);
      case 'route-waiting':
        await this.parts.views.whenCaughtUp();
        return this.#takeUpWaiting();
      case 'rescore':
        if (errand.from <= isoTime(this.parts.clock())) return this.rescore(event.id);
        return this.parts.later(errand.from, event.id);
      case 'mirror-touch':
        return this.#mirror(errand, event);
      case 'carry-consent':
        return this.#carryConsent(errand.contact, errand.into, event);
      case 'absorb':
        return this.#absorb(errand.lead, errand.into, event);
    }
  }

  /** The next decision looks at the sales load: at the views, and at the offers that are not in them yet. */
  async #route(lead: string, trigger: string): Promise<void> {
    const { sender, views, offers } = this.parts;
    const done = await sender.lead(lead, { kind: 'route' }, { trigger, rule: 'route' });
    if (!done) return;
    const seen = views.whenSeen(`lead-${lead}`, done.revision);
    // An offer of long ago may be one no longer: only the views know.
    if (done.repeated) await seen;
    else await offers.add(done.offer, seen);
  }

  async #release(team: string, trigger: string): Promise<void> {
    const teams = team === LOST_OF_WORKER ? this.parts.reference.teams.ofKind('sales').map(({ id }) => id) : [team];
    for (const one of teams) {
      const held = await this.parts.views.heldFor(one);
      if (held.length === 0) continue;
      const room = await this.parts.views.room(one);
      for (const lead of room === null ? held : held.slice(0, Math.max(0, room))) {
        await this.parts.sender.lead(lead, { kind: 'release' }, { trigger, rule: 'release' });
      }
    }
  }

  async #mirror({ lead, event }: Errand & { kind: 'mirror-touch' }, recorded: RecordedEvent): Promise<void> {
    const [created] = await this.parts.store.readStream(recorded.stream, { limit: 1 });
    const contact = created?.data.contact;
    if (!created || typeof contact !== 'string')
      throw new UnknownEvent(created ?? recorded, recorded.type, new TypeError('it does not begin with its creation'));
    const { channel, direction, by } = event.data;
    const touch = { lead, event: recorded.id, channel, direction, by };
    const command = { trigger: recorded.id, rule: 'mirror-touch' };
    await this.parts.sender.contact(contact, { type: 'mirror-touch', touch }, command, event.meta.occurredAt);
  }

  /** Whoever has withdrawn under one contact has withdrawn as a person. What was given is the survivor's own to say. */
  async #carryConsent(contact: string, into: string, event: RecordedEvent): Promise<void> {
    const { state } = await this.parts.commands.load(contactStream(contact), contactFold);
    for (const [purpose, consent] of Object.entries(state.consents)) {
      if (consent !== 'withdrawn') continue;
      const command = { trigger: event.id, rule: `carry-consent/${purpose}` };
      const change = { type: 'change-consent', consent, purpose } as const;
      await this.parts.sender.contact(into, change, command, metadataOf(event).occurredAt);
    }
  }

  /** The survivor learns of its duplicate. Two that were merged into each other at once: the later merge is undone. */
  async #absorb(lead: string, into: string, event: RecordedEvent): Promise<void> {
    let survivor = into;
    for (let hops = 0; hops < MOST_MERGES; hops += 1) {
      const merged = await this.#mergeOf(survivor);
      if (!merged) {
        const command = { trigger: event.id, rule: 'absorb-duplicate' };
        await this.parts.sender.lead(survivor, { kind: 'absorb-duplicate', duplicate: lead }, command);
        return;
      }
      survivor = merged.into;
      if (survivor === lead) {
        const isLater = this.parts.store.comparePositions(event.position, merged.position) > 0;
        const command = { trigger: event.id, rule: 'unmerge-circle' };
        if (isLater) await this.parts.sender.lead(lead, { kind: 'unmerge', reason: CIRCLE }, command);
        return;
      }
    }
    this.parts.logger.warn({ stream: event.stream, revision: event.revision }, 'merged through too many leads');
  }

  /** How a lead is merged now, if it is. */
  async #mergeOf(lead: string): Promise<{ into: string; position: string } | undefined> {
    const last = await this.parts.store.readStream(`lead-${lead}`, { direction: 'backward', limit: 1 });
    // A merged lead takes only its unmerging: the merge is then the stream's last event.
    const event = last[0] && decodeLeadEvent(last[0]);
    if (event?.type !== 'LeadMerged' || !last[0]) return undefined;
    return { into: event.data.into, position: last[0].position };
  }
}

/** A reason of the shipped list "unmerge". */
const CIRCLE = 'merged-in-a-circle';
