import { createHmac, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../canonical-json/canonical-json.js';
import type { JsonObject } from '../decider/json.js';
import { uuidV8 } from './uuid.js';

/** What makes a command the same command. The raw idempotency key goes in here and is stored nowhere. */
export interface CommandKey {
  /** the token's client; `import` for every import, so that another operator's second run is the same command */
  readonly client: string;
  /** the operation's stable name, e.g. `lead.accept` */
  readonly operation: string;
  /** the stream the command writes, or `create` where it makes a new one */
  readonly target: string;
  /** the caller's idempotency key, or a list such as [map name, external id, step] */
  readonly key: string | readonly string[];
  /** from 0, in a batch only */
  readonly row?: number;
}

/** Where an event stands in the attempt that wrote it. */
export interface EventSlot {
  readonly commandId: string;
  readonly stream: string;
  /** from 0, within this attempt's events for this stream */
  readonly index: number;
  /**
   * 128 random bits, fresh at each `decide` and the same only when identical bytes are sent again: a store takes a
   * repeated id for a repeated append, so an id must never stand for other bytes.
   */
  readonly attempt: Uint8Array;
}

const ATTEMPT_BYTES = 16;

/*
 * All ids come from one secret. What keeps them apart is the shape of what is hashed: arrays of five, two and four
 * elements for commands, leads and contacts, and events; an object for bodies.
 */

/** UUIDv8 of a command: the same for every repetition, and not to be guessed without the installation's secret. */
export function commandId(secret: KeyObject, { client, operation, target, key, row }: CommandKey): string {
  return keyedId(secret, [client, operation, target, key, row ?? null]);
}

/** UUIDv8 of the lead that a creating command makes. */
export const leadIdOf = (secret: KeyObject, command: string): string => keyedId(secret, ['lead', command]);

/** UUIDv8 of the contact that a creating command makes, unless the person is known. */
export const contactIdOf = (secret: KeyObject, command: string): string => keyedId(secret, ['contact', command]);

/** UUIDv8 of the offer that a hand-off makes: a repetition of the command makes the same offer. */
export const offerIdOf = (secret: KeyObject, command: string): string => keyedId(secret, ['offer', command]);

/**
 * UUIDv8 of one event of one attempt.
 *
 * @throws RangeError when `attempt` is not 16 bytes: a short one could come twice
 */
export function eventId(secret: KeyObject, { commandId, stream, index, attempt }: EventSlot): string {
  if (attempt.length !== ATTEMPT_BYTES) throw new RangeError(`an attempt has ${ATTEMPT_BYTES} bytes`);
  return keyedId(secret, [commandId, stream, index, Buffer.from(attempt).toString('base64url')]);
}

/**
 * HMAC-SHA-256 of the body's JCS text, base64url without padding (43 characters). It stands in the metadata, so that
 * the same key with another body is found out; keyed, so that a short body cannot be guessed from it.
 *
 * @throws RangeError when nested deeper than canonical-json takes
 */
export const bodyMac = (secret: KeyObject, body: JsonObject): string =>
  createHmac('sha256', secret).update(canonicalJson(body)).digest('base64url');

/** What ids are made of: of such lists JSON.stringify gives the very text that JCS does, in a third of the time. */
type IdPart = string | number | null | readonly string[];

const keyedId = (secret: KeyObject, parts: readonly IdPart[]): string =>
  uuidV8(createHmac('sha256', secret).update(JSON.stringify(parts)).digest());
