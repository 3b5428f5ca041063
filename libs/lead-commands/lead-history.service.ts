import { metadataOf, type EventMetadata } from '../contracts/event-metadata.js';
import { eventName } from '../contracts/event-type.js';
import type { JsonObject } from '../decider/json.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { PersonalData, Unreadable } from '../personal-data/personal-data.js';
import type { Sender } from './caller.js';
import { leadFold } from './folds.js';
import { leadStream } from './lead-commands.service.js';
import { LeadPast, type AsOf, type LeadAt } from './lead-past.js';
import type { ReferenceData } from './reference-data.js';
import type { StreamCommands } from './stream-commands.js';
import { withoutContactFacts } from './contact-facts.js';
import { mayRead, mayReadPersonal, readsAll } from './visibility.js';

export interface TimelineEntry {
  readonly id: string;
  readonly revision: number;
  /** the event's name, without its version */
  readonly type: string;
  readonly metadata: EventMetadata;
  /** without nonce and envelope */
  readonly data: JsonObject;
  /** what was said about the person, where the caller may read it; `erased` or `unreadable` where it is gone */
  readonly personal?: JsonObject | Exclude<Unreadable, 'none'>;
}

/** A lead's own history, straight from its stream: nothing here waits for a view. */
export class LeadHistory {
  readonly #past: LeadPast;

  constructor(
    private readonly store: EventStore,
    private readonly commands: StreamCommands,
    private readonly reference: ReferenceData,
    private readonly personalData: PersonalData,
  ) {
    this.#past = new LeadPast(store);
  }

  /** The lead now, or undefined where it does not exist for the caller. */
  async now(leadId: string, sender: Sender): Promise<LeadAt | undefined> {
    const { state, revision } = await this.commands.load(leadStream(leadId), leadFold);
    if (revision < 0 || !mayRead(state, sender, this.reference.teams)) return undefined;
    return { state, revision };
  }

  /** The lead as it was; undefined where it does not exist for the caller or did not exist then. */
  async at(leadId: string, asOf: AsOf, sender: Sender): Promise<LeadAt | undefined> {
    const now = await this.now(leadId, sender);
    // A revision that is still to come is no moment of the lead: what stands now may not be given out for it.
    if (!now || (asOf.kind === 'revision' && asOf.revision > now.revision)) return undefined;
    return this.#past.at(leadId, asOf);
  }

  /** A page of what happened, oldest first; undefined where the lead does not exist for the caller. */
  async timeline(
    leadId: string,
    sender: Sender,
    page: { readonly from: number; readonly limit: number },
  ): Promise<readonly TimelineEntry[] | undefined> {
    const now = await this.now(leadId, sender);
    if (!now) return undefined;
    const events = await this.store.readStream(leadStream(leadId), page);
    const personal = mayReadPersonal(sender);
    const entries = await Promise.all(events.map((event) => this.#entry(event, now.state.contact ?? '', personal)));
    return readsAll(sender) ? entries : entries.map((entry) => ({ ...entry, data: withoutContactFacts(entry.data) }));
  }

  /** The person's details as last corrected; `erased` where they are gone, undefined where the lead is not the caller's. */
  async contactDetails(leadId: string, sender: Sender): Promise<JsonObject | 'erased' | undefined> {
    const now = await this.now(leadId, sender);
    if (!now || !mayReadPersonal(sender)) return undefined;
    let details: JsonObject = {};
    for await (const event of this.#past.events(leadId)) {
      const name = eventName(event.type);
      if (name !== 'LeadCreated' && name !== 'LeadDetailsCorrected') continue;
      const opened = await this.personalData.openEvent(event, now.state.contact ?? '');
      if (opened.ok) details = { ...details, ...opened.personal };
      else if (opened.why === 'erased') return 'erased';
    }
    const { note: _note, ...kept } = details;
    return kept;
  }

  async #entry(event: RecordedEvent, contact: string, mayOpen: boolean): Promise<TimelineEntry> {
    const { nonce: _nonce, pii: _pii, ...data } = event.data;
    const opened = mayOpen ? await this.personalData.openEvent(event, contact) : undefined;
    const personal = opened?.ok ? opened.personal : opened?.why;
    return {
      id: event.id,
      revision: event.revision,
      type: eventName(event.type) ?? event.type,
      metadata: metadataOf(event),
      data,
      ...(personal === undefined || personal === 'none' ? {} : { personal }),
    };
  }
}
