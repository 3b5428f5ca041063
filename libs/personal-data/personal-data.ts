import type { Json, JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { IV_BYTES } from './aes-gcm.js';
import { blindIndexEntries, type Addresses } from './blind-index.js';
import type { PiiEnvelope } from './envelope-format.js';
import { open, seal, type EnvelopeContext } from './envelope.js';
import type { Pepper } from './key-ring.js';
import {
  KeyStoreFault,
  type IndexedEntries,
  type KeyStore,
  type LinkVerdict,
  type ReservedContact,
} from './key-store.js';
import type { RandomBytes } from './random-bytes.js';

export interface ContactRequest {
  /** as typed; whatever cannot be one person's is left out */
  readonly addresses: Addresses;
  readonly newContact: string;
  readonly leadId: string;
}

/** What became of an event's personal fields; `none` where the event has no envelope. */
export type PersonalFields =
  { readonly ok: true; readonly personal: JsonObject } | { readonly ok: false; readonly why: Unreadable };
export type Unreadable = 'none' | 'erased' | 'unreadable';

export interface PersonalDataParts {
  readonly keys: KeyStore;
  readonly pepper: Pepper;
  readonly random: RandomBytes;
}

const LEAD_STREAM = 'lead-';

/**
 * Everything that may touch a person's data: it seals, opens and finds people by their addresses. A KeyStoreFault from
 * any method means that the keys cannot be had now; what would write personal data then does not happen.
 */
export class PersonalData {
  constructor(private readonly parts: PersonalDataParts) {}

  /** The contact behind the addresses, or the new one; see `KeyStore.reserveContact`. */
  reserveContact({ addresses, newContact, leadId }: ContactRequest): Promise<ReservedContact | 'erased'> {
    const candidates = blindIndexEntries(addresses, this.parts.pepper);
    return this.parts.keys.reserveContact({ candidates, newContact, leadId });
  }

  /** A further lead of a known contact; see `KeyStore.linkLead`. */
  linkLead(contact: string, leadId: string): Promise<LinkVerdict> {
    return this.parts.keys.linkLead(contact, leadId);
  }

  /** Makes a contact known by corrected addresses too. */
  addAddresses(contact: string, addresses: Addresses): Promise<IndexedEntries | 'erased' | 'unknown'> {
    return this.parts.keys.addIndexEntries(contact, blindIndexEntries(addresses, this.parts.pepper));
  }

  /** Has the contact's key at hand for what is sealed next, where keys are kept at all. */
  async fetchKey(contact: string): Promise<'fetched' | 'erased' | 'unknown'> {
    const key = await this.parts.keys.keyFor(contact);
    return typeof key === 'string' ? key : 'fetched';
  }

  /** The contacts known by any of the addresses, each once, e-mails' first. */
  async findContacts(addresses: Addresses): Promise<readonly string[]> {
    const entries = blindIndexEntries(addresses, this.parts.pepper);
    const found = await Promise.all(entries.map((entry) => this.parts.keys.lookup(entry)));
    return [...new Set(found.filter((contact) => contact !== undefined))];
  }

  /**
   * The envelope for an event's `data.pii`.
   *
   * @throws KeyStoreFault also where the contact has no key: it must be reserved first, and a key store that has lost
   * it must not start another one beside sealed history
   */
  async sealEvent(personal: JsonObject, context: EnvelopeContext): Promise<PiiEnvelope | 'erased'> {
    const key = await this.parts.keys.keyFor(context.contact);
    if (key === 'unknown') throw new KeyStoreFault('the contact has no key');
    return key === 'erased' ? key : seal(personal, key, context, this.parts.random(IV_BYTES));
  }

  /**
   * The personal fields of a stored event of a lead's or a contact's stream.
   *
   * @param contact whom the event was sealed for; not a later survivor of a merge
   */
  async openEvent(event: RecordedEvent, contact: string): Promise<PersonalFields> {
    const { id: eventId, type: eventType, stream, data } = event;
    const leadId = stream.startsWith(LEAD_STREAM) ? { leadId: stream.slice(LEAD_STREAM.length) } : {};
    return this.openEnvelope(data.pii, { ...leadId, contact, eventId, eventType });
  }

  /** The same for an envelope that was copied beside its event's ids, as read models hold it. */
  async openEnvelope(pii: Json | undefined, context: EnvelopeContext): Promise<PersonalFields> {
    if (pii === undefined) return { ok: false, why: 'none' };
    const key = await this.parts.keys.keyFor(context.contact, versionOf(pii));
    if (key === 'erased') return { ok: false, why: 'erased' };
    const opened = key === 'unknown' ? undefined : open(pii, key, context);
    return opened?.ok ? opened : { ok: false, why: 'unreadable' };
  }
}

/** The key's version that an envelope claims; the newest where it claims none, and `open` then finds it malformed. */
function versionOf(pii: Json): number | undefined {
  if (pii === null || typeof pii !== 'object' || !('dek' in pii)) return undefined;
  return Number.isSafeInteger(pii.dek) ? (pii.dek as number) : undefined;
}
