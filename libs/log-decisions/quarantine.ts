import { refuse, type Actor, type Decision, type EventDraft } from '../decider/decision.js';

/** Decisions that an event which breaks a rule of sealing is sealed nonetheless, and flagged. */
export const LOG_QUARANTINE_STREAM = 'log-quarantine';

/** The event as it stands in the store: whatever else is found at its place is not what was decided upon. */
export interface QuarantinedEvent {
  /** its id; called so because `id` is the decision's own */
  readonly event: string;
  readonly stream: string;
  readonly revision: number;
  /** SHA-256 of the body of the leaf that it is sealed as (`leafBodyHash`), hex */
  readonly bodyHash: string;
}

export interface QuarantineEventData {
  readonly 'QuarantineProposed.v1': QuarantinedEvent & { readonly reason: string };
  readonly 'QuarantineApproved.v1': QuarantinedEvent;
}
export type QuarantineEvent = {
  [T in keyof QuarantineEventData]: EventDraft<T, QuarantineEventData[T]>;
}[keyof QuarantineEventData];

export interface QuarantineDecision extends QuarantinedEvent {
  readonly proposedBy: string;
  readonly approvedBy?: string;
}

/** The latest decision on each event, by its id. */
export type Quarantine = ReadonlyMap<string, QuarantineDecision>;
export const NO_QUARANTINE: Quarantine = new Map();

/** @param by who did it, of the event's metadata */
export function evolveQuarantine(
  state: Quarantine,
  { type, data, by }: { readonly type: string; readonly data: object; readonly by: string },
): Quarantine {
  const { event, stream, revision, bodyHash } = data as QuarantinedEvent;
  switch (type) {
    case 'QuarantineProposed.v1':
      return new Map(state).set(event, { event, stream, revision, bodyHash, proposedBy: by });
    case 'QuarantineApproved.v1': {
      const proposed = state.get(event);
      return proposed ? new Map(state).set(event, { ...proposed, approvedBy: by }) : state;
    }
    default:
      return state;
  }
}

/** Whether an operator and an auditor decided that this very event is sealed. */
export function isQuarantined(state: Quarantine, of: QuarantinedEvent): boolean {
  const decision = state.get(of.event);
  return decision?.approvedBy !== undefined && isSame(decision, of);
}

export type QuarantineCommand =
  | ({ readonly type: 'propose'; readonly reason: string } & QuarantinedEvent)
  | ({ readonly type: 'approve' } & QuarantinedEvent);

export interface QuarantineFacts {
  /** ISO 8601 UTC, ms */
  readonly now: string;
  readonly actor: Actor;
}

/**
 * Proposed by an administrator, approved by an auditor, who is another person. A command whose outcome already stands
 * gives no event; a proposal may be replaced until it is approved.
 *
 * Refused: forbidden, not-found (nothing was proposed), conflict (approved already, or not what was proposed).
 */
export function decideQuarantine(
  command: QuarantineCommand,
  state: Quarantine,
  { now: occurredAt, actor }: QuarantineFacts,
): Decision<QuarantineEvent> {
  const { event, stream, revision, bodyHash } = command;
  const about: QuarantinedEvent = { event, stream, revision, bodyHash };
  const before = state.get(event);
  if (command.type === 'propose') {
    if (actor.role !== 'admin') return forbidden('a quarantine is proposed by an administrator');
    if (before && isSame(before, about)) return accepted();
    if (before?.approvedBy !== undefined) return conflict('another quarantine of this event is approved already');
    return accepted({ type: 'QuarantineProposed.v1', data: { ...about, reason: command.reason }, occurredAt });
  }
  if (actor.role !== 'auditor') return forbidden('a quarantine is approved by an auditor');
  if (before?.proposedBy === actor.id) return forbidden('a quarantine is approved by another person than its proposer');
  if (!before) return refuse({ code: 'not-found', what: 'proposed quarantine' });
  if (!isSame(before, about)) return conflict('it is not what was proposed');
  if (before.approvedBy !== undefined) return accepted();
  return accepted({ type: 'QuarantineApproved.v1', data: about, occurredAt });
}

const isSame = (a: QuarantinedEvent, b: QuarantinedEvent): boolean =>
  a.event === b.event && a.stream === b.stream && a.revision === b.revision && a.bodyHash === b.bodyHash;

const accepted = (...events: readonly QuarantineEvent[]): Decision<QuarantineEvent> => ({
  ok: true,
  result: null,
  events,
});
const forbidden = (rule: string) => refuse({ code: 'forbidden', rule });
const conflict = (rule: string) => refuse({ code: 'conflict', rule });
