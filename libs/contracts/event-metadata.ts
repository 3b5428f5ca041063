import type { Actor } from '../decider/decision.js';
import type { JsonObject } from '../decider/json.js';
import type { Change } from '../lead-lifecycle/lead-events.js';
import type { EventSignature } from './event-signature.js';

/**
 * What every event of every stream carries beside its payload. `$correlationId` and `$causationId` are the names that
 * EventStoreDB's own tools follow; they are the same on every store, so that one hash holds everywhere.
 */
export interface EventMetadata {
  /** when it happened, as told; never later than `recordedAt` (ISO 8601 UTC, ms) */
  readonly occurredAt: string;
  /** when the system recorded it; never decreasing within a stream */
  readonly recordedAt: string;
  readonly actor: Actor;
  /** who vouched for the actor: the token's issuer, and `dev` where it was a key of this machine */
  readonly authn: { readonly iss: string; readonly how: 'oidc' | 'dev' | 'internal' };
  readonly commandId: string;
  /** HMAC of the command's body: tells a repetition from another command under the same key */
  readonly bodyMac: string;
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly change?: Change;
  readonly imported?: true;
  readonly timeKnown?: false;
  /** Every event that is written has it; absent only in the fixtures of versions from before events were signed. */
  readonly sig?: EventSignature;
}

/** Metadata as the store hands it back. Only Baton writes its streams, so it is trusted to have this shape. */
export const metadataOf = (event: { readonly metadata: JsonObject }): EventMetadata =>
  event.metadata as unknown as EventMetadata;
