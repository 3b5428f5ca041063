import { TOKEN_ROLES } from '../decider/decision.js';
import { owner } from '../lead-lifecycle/lead-events.js';
import {
  anyBase64url,
  code,
  integer,
  label,
  nullable,
  oneOf,
  opaqueId,
  optional,
  record,
  time,
  uuid,
  type Shape,
} from '../shape/shape.js';
import { eventSignature } from './event-signature.js';

const actor = record({
  kind: oneOf('human', 'rule', 'integration'),
  id: opaqueId,
  role: oneOf(...TOKEN_ROLES, 'rule'),
  team: optional(opaqueId),
  onBehalfOf: optional(opaqueId),
});

const fromTo = <T>(of: Shape<T>) => optional(record({ from: nullable(of), to: nullable(of) }));
/** `change` of a lead's event: see `Change`. */
export const change = record({
  effectiveAt: time,
  state: fromTo(code),
  cycle: fromTo(integer(1, 100_000)),
  steward: fromTo(owner),
  offeree: fromTo(owner),
  worker: fromTo(owner),
  accountable: fromTo(opaqueId),
  reasonCode: optional(code),
});

/** What every event carries beside its payload; described in `EventMetadata`. */
export const eventMetadata = record({
  occurredAt: time,
  recordedAt: time,
  actor,
  authn: record({ iss: label(2000), how: oneOf('oidc', 'dev', 'internal') }),
  commandId: uuid,
  // not in the live feed
  bodyMac: optional(anyBase64url),
  $correlationId: opaqueId,
  $causationId: opaqueId,
  change: optional(change),
  imported: optional(oneOf(true)),
  timeKnown: optional(oneOf(false)),
  sig: optional(eventSignature),
});

/** Of an operator's decision about a view, which is no command on a stream of the domain. */
export const decisionMetadata = record({
  occurredAt: time,
  recordedAt: time,
  actor,
  sig: optional(eventSignature),
});
