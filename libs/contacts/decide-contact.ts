import { refuse, type Actor, type Decision, type Refusal } from '../decider/decision.js';
import { impossibleTime } from '../decider/possible-time.js';
import { CONTACT_PURPOSE, type ContactEvent, type ContactEventData, type ContactState } from './contact.js';
import { decideErasure, isErasureCommand, mayErase, type ErasureCommand } from './decide-erasure.js';

export type ContactCommand =
  /** for each lead that is created; `optedOut`: somebody with this address was erased and asked not to be contacted */
  | { readonly type: 'register'; readonly lead: string; readonly optedOut?: boolean }
  | { readonly type: 'change-consent'; readonly consent: 'given' | 'withdrawn'; readonly purpose: string }
  | { readonly type: 'merge'; readonly into: string; readonly reason: string }
  | { readonly type: 'mirror-touch'; readonly touch: ContactEventData['TouchMirrored.v1'] }
  | ErasureCommand;

export interface ContactFacts {
  /** ISO 8601 UTC with milliseconds */
  readonly now: string;
  readonly occurredAt?: string;
  readonly actor: Actor;
  /** whether the actor is steward or worker of one of the contact's leads */
  readonly isStewardOrWorker: boolean;
  /** whether the actor manages a marketing team that stewards one of the contact's leads */
  readonly isMarketingManager: boolean;
  /** for a merge: the other contact; absent where there is no other that the actor may know of */
  readonly survivor?: { readonly mergedInto?: string; readonly erased?: boolean };
  /** whether another contact that is this person is under a legal hold */
  readonly heldElsewhere?: boolean;
}

/** Decides a command on a contact. A command whose outcome already stands gives no event. */
export function decideContact(
  command: ContactCommand,
  state: ContactState,
  facts: ContactFacts,
): Decision<ContactEvent> {
  const refusal = barred(command, state, facts);
  if (refusal) return refuse(refusal);
  if (isErasureCommand(command)) return decideErasure(command, state, facts);
  const occurredAt = facts.occurredAt ?? facts.now;
  switch (command.type) {
    case 'register': {
      const { lead } = command;
      if (state.registered) return accepted({ type: 'ContactReturned.v1', data: { lead }, occurredAt });
      const registered = { type: 'ContactRegistered.v1', data: { lead }, occurredAt } as const;
      if (!command.optedOut) return accepted(registered);
      const data = { consent: 'withdrawn', purpose: CONTACT_PURPOSE } as const;
      return accepted(registered, { type: 'ConsentChanged.v1', data, occurredAt });
    }
    case 'change-consent': {
      const { consent, purpose } = command;
      if (state.consents[purpose] === consent) return accepted();
      return accepted({ type: 'ConsentChanged.v1', data: { consent, purpose }, occurredAt });
    }
    case 'merge': {
      const { into, reason } = command;
      if (state.mergedInto === into) return accepted();
      if (state.mergedInto !== undefined) return conflict('the contact is merged already');
      if (!facts.survivor) return refuse({ code: 'invalid', field: '/into', rule: 'must be another contact' });
      if (facts.survivor.mergedInto !== undefined) return conflict('the other contact is merged itself');
      if (facts.survivor.erased) return conflict('the other contact was erased');
      return accepted({ type: 'ContactMerged.v1', data: { into, reason }, occurredAt });
    }
    case 'mirror-touch':
      return accepted({ type: 'TouchMirrored.v1', data: command.touch, occurredAt });
  }
}

const accepted = (...events: readonly ContactEvent[]): Decision<ContactEvent> => ({ ok: true, result: null, events });
const conflict = (rule: string): Decision<ContactEvent> => refuse({ code: 'conflict', rule });

function barred(command: ContactCommand, state: ContactState, facts: ContactFacts): Refusal | undefined {
  if (command.type === 'register') return state.erased ? ERASED : undefined;
  if (!state.registered) return { code: 'not-found', what: 'contact' };
  if (!(isErasureCommand(command) ? mayErase(command, facts.actor) : mayDo(command.type, facts)))
    return { code: 'forbidden', rule: `${command.type} is not for you on this contact` };
  const rule = facts.occurredAt === undefined ? undefined : impossibleTime(facts.occurredAt, facts.now);
  if (rule !== undefined) return { code: 'invalid', field: '/occurredAt', rule };
  const goesOn = command.type === 'erasure-step' || command.type === 'erasure-stage';
  return state.erased && !goesOn ? ERASED : undefined;
}

const ERASED: Refusal = { code: 'conflict', rule: 'the contact was erased' };

function mayDo(
  type: Exclude<ContactCommand['type'], 'register' | ErasureCommand['type']>,
  facts: ContactFacts,
): boolean {
  const { role } = facts.actor;
  switch (type) {
    case 'change-consent':
      // The rule carries what a merged contact has withdrawn to the one that goes on.
      return role === 'service' || role === 'import' || role === 'rule' || facts.isStewardOrWorker;
    case 'merge':
      return role === 'privacy' || facts.isMarketingManager;
    case 'mirror-touch':
      return role === 'rule';
  }
}
