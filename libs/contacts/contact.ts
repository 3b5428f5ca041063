import { refuse, type Actor, type Decision, type EventDraft, type Refusal } from '../decider/decision.js';
import type { LeadEventData, Owner } from '../lead-lifecycle/lead-events.js';

export const contactStream = (id: string): string => `contact-${id}`;

/** Events of the person behind leads. Nothing here says who that is: addresses stand only in sealed parts and the key store. */
export interface ContactEventData {
  readonly 'ContactRegistered.v1': { readonly lead: string };
  readonly 'ConsentChanged.v1': { readonly consent: 'given' | 'withdrawn'; readonly purpose: string };
  readonly 'ContactMerged.v1': { readonly into: string; readonly reason: string };
  /** a touch on one of the contact's leads, mirrored by lead-routing for the contact budget */
  readonly 'TouchMirrored.v1': {
    readonly lead: string;
    readonly event: string;
    readonly channel: LeadEventData<'LeadContacted'>['channel'];
    readonly direction: LeadEventData<'LeadContacted'>['direction'];
    readonly by: Owner;
  };
}
export type ContactEvent = {
  [T in keyof ContactEventData]: EventDraft<T, ContactEventData[T]>;
}[keyof ContactEventData];

export interface ContactState {
  readonly registered: boolean;
  /** of every purpose that was ever spoken of; absent: not known */
  readonly consents: Readonly<Record<string, 'given' | 'withdrawn'>>;
  readonly mergedInto?: string;
  readonly erased: boolean;
  readonly touches: number;
}
export const initialContact: ContactState = { registered: false, consents: {}, erased: false, touches: 0 };

/** Being contacted about offers: what `qualify`, `route`, `reopen` and touches look at. */
export const CONTACT_PURPOSE = 'contact';
export const hasWithdrawn = (state: ContactState): boolean => state.consents[CONTACT_PURPOSE] === 'withdrawn';

/** Pure and total: an unknown type changes nothing. */
export function evolveContact(
  state: ContactState,
  event: { readonly type: string; readonly data: object },
): ContactState {
  const known = event as ContactEvent;
  switch (known.type) {
    case 'ContactRegistered.v1':
      return { ...state, registered: true };
    case 'ConsentChanged.v1':
      return { ...state, consents: { ...state.consents, [known.data.purpose]: known.data.consent } };
    case 'ContactMerged.v1':
      return { ...state, mergedInto: known.data.into };
    case 'TouchMirrored.v1':
      return { ...state, touches: state.touches + 1 };
    default:
      return state;
  }
}

export type ContactCommand =
  | { readonly type: 'register'; readonly lead: string }
  | { readonly type: 'change-consent'; readonly consent: 'given' | 'withdrawn'; readonly purpose: string }
  | { readonly type: 'merge'; readonly into: string; readonly reason: string }
  | { readonly type: 'mirror-touch'; readonly touch: ContactEventData['TouchMirrored.v1'] };

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
  readonly survivor?: { readonly mergedInto?: string };
}

/** Decides a command on a contact. A command whose outcome already stands gives no event. */
export function decideContact(
  command: ContactCommand,
  state: ContactState,
  facts: ContactFacts,
): Decision<ContactEvent> {
  const refusal = barred(command, state, facts);
  if (refusal) return refuse(refusal);
  const occurredAt = facts.occurredAt ?? facts.now;
  switch (command.type) {
    case 'register':
      return state.registered
        ? accepted()
        : accepted({ type: 'ContactRegistered.v1', data: { lead: command.lead }, occurredAt });
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
      return accepted({ type: 'ContactMerged.v1', data: { into, reason }, occurredAt });
    }
    case 'mirror-touch':
      return accepted({ type: 'TouchMirrored.v1', data: command.touch, occurredAt });
  }
}

const accepted = (...events: readonly ContactEvent[]): Decision<ContactEvent> => ({ ok: true, result: null, events });
const conflict = (rule: string): Decision<ContactEvent> => refuse({ code: 'conflict', rule });

function barred(command: ContactCommand, state: ContactState, facts: ContactFacts): Refusal | undefined {
  if (command.type === 'register') return undefined;
  if (!state.registered) return { code: 'not-found', what: 'contact' };
  if (!mayDo(command.type, facts)) return { code: 'forbidden', rule: `${command.type} is not for you on this contact` };
  if (facts.occurredAt !== undefined && facts.occurredAt > facts.now) {
    return { code: 'invalid', field: '/occurredAt', rule: 'must not be in the future' };
  }
  return state.erased ? { code: 'conflict', rule: 'the contact was erased' } : undefined;
}

function mayDo(type: Exclude<ContactCommand['type'], 'register'>, facts: ContactFacts): boolean {
  const { role } = facts.actor;
  switch (type) {
    case 'change-consent':
      return role === 'service' || role === 'import' || facts.isStewardOrWorker;
    case 'merge':
      return role === 'privacy' || facts.isMarketingManager;
    case 'mirror-touch':
      return role === 'rule';
  }
}
