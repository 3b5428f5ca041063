import type { EventDraft } from '../decider/decision.js';
import { evolveErasure, type Erasure, type ErasureEvent, type ErasureEventData } from './erasure.js';
import type { LeadEventData, Owner } from '../lead-lifecycle/lead-events.js';

export const contactStream = (id: string): string => `contact-${id}`;

/** Events of the person behind leads. Nothing here says who that is: addresses stand only in sealed parts and the key store. */
export interface ContactEventData extends ErasureEventData {
  readonly 'ContactRegistered.v1': { readonly lead: string };
  /** a further lead of somebody who was known; told so that a create writes as much whether they were or not */
  readonly 'ContactReturned.v1': { readonly lead: string };
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
  readonly onHold: boolean;
  readonly erasure?: Erasure;
  /** of every purpose that was ever spoken of; absent: not known */
  readonly consents: Readonly<Record<string, 'given' | 'withdrawn'>>;
  readonly mergedInto?: string;
  /** approved: nothing may be sealed for it any more */
  readonly erased: boolean;
  readonly touches: number;
}
export const initialContact: ContactState = {
  registered: false,
  onHold: false,
  consents: {},
  erased: false,
  touches: 0,
};

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
    case 'LegalHoldPlaced.v1':
      return { ...state, onHold: true };
    case 'LegalHoldLifted.v1':
      return { ...state, onHold: false };
    default:
      return erasing(state, known);
  }
}

function erasing(state: ContactState, event: ContactEvent): ContactState {
  const erasure = evolveErasure(state.erasure, event as ErasureEvent);
  return erasure === undefined ? state : { ...state, erasure, erased: erasure.approved };
}
