import { contactStream, type ContactState } from '../contacts/contact.js';
import { stageOf, type ErasureStage, type ErasureStep } from '../contacts/erasure.js';
import { eventName } from '../contracts/event-type.js';
import { metadataOf } from '../contracts/event-metadata.js';
import type { JsonObject } from '../decider/json.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { Sender } from '../lead-commands/caller.js';
import { survivorOf } from '../lead-commands/contact-identity.js';
import { contactFold } from '../lead-commands/folds.js';
import type { LeadHistory, TimelineEntry } from '../lead-commands/lead-history.service.js';
import type { StreamCommands } from '../lead-commands/stream-commands.js';
import type { LeadState } from '../lead-lifecycle/lead-state.js';
import type { Addresses } from '../personal-data/blind-index.js';
import type { KeyStore } from '../personal-data/key-store.js';
import type { PersonalData } from '../personal-data/personal-data.js';

export interface DataSubjectParts {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly commands: StreamCommands;
  readonly history: LeadHistory;
  readonly personalData: PersonalData;
  readonly keys: KeyStore;
}

/** An event as a proof names it: the trail's leaf of this id, stream and revision shows that it was so. */
export interface Receipt {
  readonly id: string;
  /** @example ErasureApproved */
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  /** ISO */
  readonly recordedAt: string;
}

export interface DataSubject {
  /** the contact that goes on, under which all is told */
  readonly contact: string;
  /** all contacts that are this person */
  readonly contacts: readonly string[];
  readonly leads: readonly string[];
  readonly consents: ContactState['consents'];
  readonly onHold: boolean;
  readonly erasure?: {
    readonly stage: ErasureStage;
    readonly keepOptOut: boolean;
    readonly done: Readonly<Record<string, readonly ErasureStep[]>>;
  };
  /** of holds, exports and erasing, oldest first */
  readonly receipts: readonly Receipt[];
}

/** All that is held on a person, as the law has it that they may ask for it. */
export interface SubjectAccess {
  readonly format: 'baton-subject-access/v1';
  readonly contact: string;
  readonly contacts: readonly string[];
  readonly consents: ContactState['consents'];
  readonly leads: readonly {
    readonly lead: string;
    /** without the ids of commands, which say nothing of the person */
    readonly state: Omit<LeadState, 'taken'>;
    /** what the person is known by now */
    readonly details: JsonObject | 'erased';
    readonly events: readonly TimelineEntry[];
  }[];
  readonly contactEvents: readonly (Receipt & { readonly occurredAt: string; readonly data: JsonObject })[];
}

/** Beyond any person's: an answer is put together in memory. */
const MOST_EVENTS = 20_000;
const PAGE = 1_000;
const TOLD = ['PersonalDataExported', 'LegalHoldPlaced', 'LegalHoldLifted'];

/** What the office for privacy asks about a person. */
export class DataSubjects {
  constructor(private readonly parts: DataSubjectParts) {}

  /** The contacts known by any of the addresses. */
  find(addresses: Addresses): Promise<readonly string[]> {
    return this.parts.personalData.findContacts(addresses);
  }

  /** undefined where there is no such contact */
  async show(asked: string): Promise<DataSubject | undefined> {
    const contact = await survivorOf(this.parts.commands, asked);
    const { state, revision } = await this.parts.commands.load(contactStream(contact), contactFold);
    if (revision < 0) return undefined;
    const [contacts, leads] = await Promise.all([
      this.parts.keys.members(contact),
      this.parts.keys.contactLeads(contact),
    ]);
    const events = (await Promise.all(contacts.map((one) => this.#events(contactStream(one))))).flat();
    const told = events.filter(({ type }) => isTold(eventName(type) ?? type));
    const { consents, onHold, erasure } = state;
    return {
      contact,
      contacts,
      leads: leads.toSorted(),
      consents,
      onHold,
      ...(erasure && {
        erasure: { stage: stageOf(erasure), keepOptOut: erasure.keepOptOut, done: erasure.done },
      }),
      receipts: told.map(receiptOf).toSorted((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1)),
    };
  }

  /** undefined where it is more than one answer holds */
  async access(
    { contact, contacts, leads, consents }: DataSubject,
    sender: Sender,
  ): Promise<SubjectAccess | undefined> {
    let events = 0;
    const held: SubjectAccess['leads'][number][] = [];
    for (const lead of leads) {
      const timeline: TimelineEntry[] = [];
      for (let from = 0; ; from += PAGE) {
        const page = (await this.parts.history.timeline(lead, sender, { from, limit: PAGE })) ?? [];
        timeline.push(...page);
        events += page.length;
        if (events > MOST_EVENTS) return undefined;
        if (page.length < PAGE) break;
      }
      const now = await this.parts.history.now(lead, sender);
      const details = await this.parts.history.contactDetails(lead, sender);
      if (!now || details === undefined) continue;
      const { taken: _taken, ...state } = now.state;
      held.push({ lead, state, details, events: timeline });
    }
    const own = (await Promise.all(contacts.map((one) => this.#events(contactStream(one))))).flat();
    const contactEvents = own.map((event) => {
      const { nonce: _nonce, ...data } = event.data;
      return { ...receiptOf(event), occurredAt: metadataOf(event).occurredAt, data };
    });
    if (events + own.length > MOST_EVENTS) return undefined;
    return { format: 'baton-subject-access/v1', contact, contacts, consents, leads: held, contactEvents };
  }

  /**
   * What a contact's stream holds, with the receipts that callers who may not know of each other were not given.
   *
   * @param from revision
   */
  events(contact: string, { from, limit }: { readonly from: number; readonly limit: number }) {
    return this.parts.store.readStream(contactStream(contact), { from, limit });
  }

  async #events(stream: string): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (let from = 0; from <= MOST_EVENTS; from += PAGE) {
      const page = await this.parts.store.readStream(stream, { from, limit: PAGE });
      events.push(...page);
      if (page.length < PAGE) break;
    }
    return events;
  }
}

const isTold = (name: string): boolean =>
  TOLD.includes(name) || name.startsWith('Erasure') || name === 'PersonalDataErased';

const receiptOf = (event: RecordedEvent): Receipt => ({
  id: event.id,
  type: eventName(event.type) ?? event.type,
  stream: event.stream,
  revision: event.revision,
  recordedAt: metadataOf(event).recordedAt,
});
