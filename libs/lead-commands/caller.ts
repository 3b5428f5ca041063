import type { RevisionCondition } from '../http-kit/entity-tag.js';
import type { EventMetadata } from '../contracts/event-metadata.js';
import type { Actor, Role } from '../decider/decision.js';
import type { JsonObject } from '../decider/json.js';

/** Who sends a command, as far as it is known before any stream is read. */
export interface Sender {
  /** opaque subject of the token, or the processor's name */
  readonly subject: string;
  /** the scope of idempotency keys */
  readonly client: string;
  readonly roles: readonly Role[];
  readonly issuer: string;
  readonly how: EventMetadata['authn']['how'];
}

/** A command as it came in, beside what it asks for. */
export interface Envelope {
  readonly sender: Sender;
  readonly key: string | readonly string[];
  /** from 0, in a batch */
  readonly row?: number;
  /** what the repetition of a key must repeat */
  readonly body: JsonObject;
  readonly correlationId: string;
  /** the event that made a rule send it */
  readonly causationId?: string;
  readonly ifMatch?: RevisionCondition;
}

/** The caller as an actor in each of its roles: a right may come from any of them. In the order of canonical JSON. */
export const actorsOf = ({ subject, roles }: Sender): readonly Actor[] =>
  roles.map((role) => ({ id: subject, kind: kindOf(role), role }));

/** How it is known who the caller is, in the order of canonical JSON. */
export const authnOf = ({ how, issuer }: Sender): EventMetadata['authn'] => ({ how, iss: issuer });

function kindOf(role: Role): Actor['kind'] {
  if (role === 'rule') return 'rule';
  return role === 'service' || role === 'import' ? 'integration' : 'human';
}
