import { timingSafeEqual, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../canonical-json/canonical-json.js';
import type { Json, JsonObject } from '../decider/json.js';
import { uuidBytes } from '../ids/uuid.js';
import { decrypt, encrypt } from './aes-gcm.js';
import { decodeEnvelope, encodeEnvelope, ENVELOPE_ALG, type PiiEnvelope } from './envelope-format.js';
import { eventKeys } from './event-keys.js';
import { pad, unpad } from './padding.js';

/** A contact's data key with its version, from 1. A KeyObject, so that no dump or log shows its bytes. */
export interface DataKey {
  readonly version: number;
  readonly key: KeyObject;
}

/** The one place a ciphertext belongs to. Everywhere else it does not open. */
export interface EnvelopeContext {
  /** absent for events of a contact's own stream */
  readonly leadId?: string;
  readonly contact: string;
  readonly eventId: string;
  /** as stored: `LeadCreated.v1` */
  readonly eventType: string;
}

/**
 * Why an envelope stays shut: not of the format; sealed under another version of the key; not under this key and
 * event (the commitment differs); changed or moved (the tag differs); sealed by a faulty writer.
 */
export type Unopened = 'malformed' | 'other-version' | 'other-key' | 'not-authentic' | 'bad-content';

export type Opened =
  { readonly ok: true; readonly personal: JsonObject } | { readonly ok: false; readonly why: Unopened };

/**
 * Seals personal fields for one event.
 *
 * @param iv 12 random bytes, fresh for each call
 * @throws TypeError when the event id is no UUID or `personal` is no JSON; RangeError on a wrong key or IV length.
 * No message repeats input.
 */
export function seal(personal: JsonObject, dek: DataKey, context: EnvelopeContext, iv: Uint8Array): PiiEnvelope {
  const keys = eventKeys(dek.key, uuidBytes(context.eventId));
  const sealed = encrypt(keys.encryption, iv, binding(context, dek.version), pad(canonicalJson(personal)));
  return encodeEnvelope({ ...sealed, dekVersion: dek.version, commitment: keys.commitment });
}

/**
 * Opens what `seal` made for the same event under the same key. The envelope is as found in an event: anything.
 * No plaintext comes out unless everything holds.
 *
 * @throws TypeError when the context's event id is no UUID
 */
export function open(envelope: Json | undefined, dek: DataKey, context: EnvelopeContext): Opened {
  const parts = decodeEnvelope(envelope);
  if (parts === undefined) return unopened('malformed');
  if (parts.dekVersion !== dek.version) return unopened('other-version');
  const keys = eventKeys(dek.key, uuidBytes(context.eventId));
  // Before anything is deciphered: for GCM alone, a second key can be crafted under which the same bytes open too.
  if (!timingSafeEqual(keys.commitment, parts.commitment)) return unopened('other-key');
  const padded = decrypt(keys.encryption, parts, binding(context, dek.version));
  if (padded === undefined) return unopened('not-authentic');
  const personal = parse(unpad(padded));
  return personal === undefined ? unopened('bad-content') : { ok: true, personal };
}

const unopened = (why: Unopened): Opened => ({ ok: false, why });

/** The additional authenticated data: JCS of where the ciphertext belongs. */
function binding({ leadId, contact, eventId, eventType }: EnvelopeContext, dekVer: number): Buffer {
  return Buffer.from(canonicalJson({ alg: ENVELOPE_ALG, leadId: leadId ?? null, contact, eventId, eventType, dekVer }));
}

function parse(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    // The parser's own message quotes what it read.
    return undefined;
  }
}

const isObject = (value: Json): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
