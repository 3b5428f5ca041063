import type { KeyObject } from 'node:crypto';
import type { EventMetadata } from '../contracts/event-metadata.js';
import { encodeLeadPayload } from '../contracts/lead-event-codec.js';
import { encodePayload } from '../contracts/reference-event-codec.js';
import type { Actor, EventDraft } from '../decider/decision.js';
import type { JsonObject } from '../decider/json.js';
import type { EventSigner } from '../event-signing/event-signer.js';
import type { NewEvent } from '../event-store/event-store.js';
import { eventId } from '../ids/command-ids.js';
import { actorOf } from '../lead-lifecycle/acting.js';
import type { LeadDraft } from '../lead-lifecycle/lead-events.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { RandomBytes } from '../personal-data/random-bytes.js';

/** What all events of one command have in common. */
export interface Writing {
  readonly stream: string;
  readonly commandId: string;
  readonly bodyMac: string;
  readonly correlationId: string;
  /** what made this command be sent: an event's id for a rule, else the command itself */
  readonly causationId: string;
  readonly actor: Actor;
  readonly authn: EventMetadata['authn'];
  /** ISO: now, or the stream's last recording where the clock ran back */
  readonly recordedAt: string;
  /** of the stream's last event, -1 where there is none: what is written holds as the next only */
  readonly after: number;
}

/** Turns decided events into what the store takes: ids, nonce, metadata, personal data sealed, each signed. */
export class EventWriter {
  constructor(
    private readonly secret: KeyObject,
    private readonly personalData: PersonalData,
    private readonly random: RandomBytes,
    private readonly signer: EventSigner,
  ) {}

  /** Events without personal data, of teams, policies, agreements and contacts. */
  write(writing: Writing, drafts: readonly EventDraft[]): Promise<readonly NewEvent[]> {
    const attempt = this.random(16);
    const events = drafts.map((draft, index) => ({
      id: this.#id(writing, index, attempt),
      type: draft.type,
      data: { nonce: this.#nonce(), ...encodePayload(draft) },
      metadata: metadata(writing, draft, writing.actor),
    }));
    return this.#signed(writing, events);
  }

  /**
   * A lead's events.
   *
   * @param contact under whose key personal data is sealed
   * @returns `erased` where the contact was erased meanwhile, and nothing may be sealed for it
   */
  async writeLead(
    writing: Writing,
    drafts: readonly LeadDraft[],
    contact: string,
  ): Promise<readonly NewEvent[] | 'erased'> {
    const attempt = this.random(16);
    const events: NewEvent[] = [];
    for (const [index, draft] of drafts.entries()) {
      const id = this.#id(writing, index, attempt);
      const { type, data, personal } = encodeLeadPayload(draft);
      const leadId = writing.stream.slice('lead-'.length);
      const pii =
        personal && (await this.personalData.sealEvent(personal, { contact, leadId, eventId: id, eventType: type }));
      if (pii === 'erased') return 'erased';
      events.push({
        id,
        type,
        data: { nonce: this.#nonce(), ...data, ...(pii ? { pii } : {}) },
        metadata: metadata(writing, draft, actorOf(draft, writing.actor)),
      });
    }
    return this.#signed(writing, events);
  }

  #signed({ stream, after }: Writing, events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    return this.signer.sign(stream, after + 1, events);
  }

  #id({ commandId, stream }: Writing, index: number, attempt: Uint8Array): string {
    return eventId(this.secret, { commandId, stream, index, attempt });
  }

  #nonce(): string {
    return Buffer.from(this.random(16)).toString('base64url');
  }
}

function metadata(writing: Writing, draft: EventDraft | LeadDraft, actor: Actor): JsonObject {
  const { change, timeKnown } = draft as Partial<Pick<LeadDraft, 'change' | 'timeKnown'>>;
  // In the order of canonical JSON, in which it is hashed for the leaf: there is then nothing to sort.
  const said: EventMetadata = {
    $causationId: writing.causationId,
    $correlationId: writing.correlationId,
    actor,
    authn: writing.authn,
    bodyMac: writing.bodyMac,
    ...(change ? { change } : {}),
    commandId: writing.commandId,
    ...(writing.actor.role === 'import' ? { imported: true as const } : {}),
    occurredAt: draft.occurredAt < writing.recordedAt ? draft.occurredAt : writing.recordedAt,
    recordedAt: writing.recordedAt,
    ...(timeKnown === false ? { timeKnown } : {}),
  };
  return said as unknown as JsonObject;
}
