import type { FastifyReply } from 'fastify';
import { eventName } from '../../contracts/event-type.js';
import { receiptOf } from '../../contracts/receipt.js';
import type { JsonObject } from '../../decider/json.js';
import type { RecordedEvent } from '../../event-store/event-store.js';
import type { Caller } from '../../http-kit/caller.js';
import { entityTagOf, type RevisionCondition } from '../../http-kit/entity-tag.js';
import {
  idempotencyKeyReused,
  preconditionFailed,
  preconditionRequired,
  type ProblemException,
} from '../../http-kit/problem-exception.js';
import { problemOfRefusal } from '../../http-kit/refusal-problem.js';
import { allowedCommands } from '../../lead-lifecycle/decide/allowed.js';
import { currentCycle, type LeadState } from '../../lead-lifecycle/lead-state.js';
import type { Envelope, Sender } from '../caller.js';
import type { Executed } from '../stream-commands.js';
import type { WrittenEvent, LeadAnswer } from './command-answer.dto.js';

/** The fixed client of imports: another operator's second run is a repetition, not new history. */
const IMPORT_CLIENT = 'import';

export function senderOf({ subject, client, roles, issuer, how }: Caller): Sender {
  const imports = roles.includes('import');
  return { subject, client: imports ? IMPORT_CLIENT : client, roles, issuer, how };
}

export function envelopeOf(
  caller: Caller,
  key: string,
  body: object,
  requestId: string,
  ifMatch?: RevisionCondition,
): Envelope {
  const sender = senderOf(caller);
  return {
    sender,
    key,
    body: body as JsonObject,
    correlationId: requestId,
    ...(ifMatch === undefined ? {} : { ifMatch }),
  };
}

/** The outcome, or what HTTP answers where it is none. */
export function doneOr<State, Result>(executed: Executed<State, Result>): Executed<State, Result> & { kind: 'done' } {
  if (executed.kind === 'done') return executed;
  throw problemOf(executed);
}

export function problemOf(executed: Exclude<Executed<unknown, unknown>, { kind: 'done' }>): ProblemException {
  switch (executed.kind) {
    case 'refused':
      return problemOfRefusal(executed.refusal);
    case 'key-reused':
      return idempotencyKeyReused();
    case 'stale':
      return preconditionFailed(entityTagOf(executed.revision));
    case 'precondition-required':
      return preconditionRequired();
  }
}

export const writtenEvents = (events: readonly RecordedEvent[]): WrittenEvent[] =>
  events.map((event) => {
    const { id, type, revision } = event;
    const receipt = receiptOf(event);
    return { id, type: eventName(type) ?? type, revision, ...(receipt ? { receipt } : {}) };
  });

export function leadAnswer(
  lead: string,
  { state, revision, repeated, events }: Executed<LeadState, unknown> & { kind: 'done' },
): LeadAnswer {
  return {
    lead,
    revision,
    state: state.leaf,
    cycle: currentCycle(state)?.number ?? 1,
    repeated,
    events: writtenEvents(events),
    allowed: [...allowedCommands(state.leaf)],
  };
}

/** What was written of the contact, for an answer; absent where there is nothing or it is not for the caller. */
export const contactEvents = ({ registered }: { readonly registered: readonly RecordedEvent[] }) =>
  registered.length === 0 ? {} : { contactEvents: writtenEvents(registered) };

export function tagged<T extends { readonly revision: number }>(reply: FastifyReply, answer: T): T {
  void reply.header('etag', entityTagOf(answer.revision));
  return answer;
}
