import { refuse, type Actor, type Decision, type Role } from '../decider/decision.js';
import type { ContactEvent, ContactState } from './contact.js';
import { stepsLeft, type ErasureStep } from './erasure.js';

/** What the office for privacy does on a person, and what the rule does after it. */
export type ErasureCommand =
  | {
      readonly type: 'record-export';
      readonly reason: string;
      readonly contacts: number;
      readonly leads: number;
      readonly events: number;
    }
  | { readonly type: 'place-legal-hold'; readonly reason: string; readonly matter: string }
  | { readonly type: 'lift-legal-hold'; readonly reason: string }
  | { readonly type: 'request-erasure'; readonly reason: string; readonly keepOptOut: boolean }
  | { readonly type: 'approve-erasure'; readonly reason: string }
  | { readonly type: 'erasure-step'; readonly step: ErasureStep; readonly contacts: readonly string[] }
  | {
      readonly type: 'erasure-stage';
      readonly stage: 'live' | 'final';
      readonly contacts: readonly string[];
      readonly epoch: number | null;
    };

const WHO: Readonly<Record<ErasureCommand['type'], readonly Role[]>> = {
  'record-export': ['privacy'],
  'place-legal-hold': ['privacy', 'admin', 'auditor'],
  'lift-legal-hold': ['privacy', 'admin'],
  'request-erasure': ['privacy'],
  'approve-erasure': ['privacy', 'admin'],
  'erasure-step': ['rule'],
  'erasure-stage': ['rule'],
};

export const isErasureCommand = (command: { readonly type: string }): command is ErasureCommand =>
  Object.hasOwn(WHO, command.type);
export const mayErase = ({ type }: ErasureCommand, { role }: Actor): boolean => WHO[type].includes(role);

export interface ErasureFacts {
  /** ISO 8601 UTC with milliseconds */
  readonly now: string;
  readonly actor: Actor;
  readonly heldElsewhere?: boolean;
}

/** Decides a command whose sender may send it, on a contact that stands or, for the rule, is being erased. */
export function decideErasure(
  command: ErasureCommand,
  state: ContactState,
  { now, actor, heldElsewhere }: ErasureFacts,
): Decision<ContactEvent> {
  const occurredAt = now;
  switch (command.type) {
    case 'record-export': {
      const { reason, contacts, leads, events } = command;
      return accepted({ type: 'PersonalDataExported.v1', data: { reason, contacts, leads, events }, occurredAt });
    }
    case 'place-legal-hold': {
      if (state.onHold) return accepted();
      const { reason, matter } = command;
      return accepted({ type: 'LegalHoldPlaced.v1', data: { reason, matter }, occurredAt });
    }
    case 'lift-legal-hold':
      if (!state.onHold) return accepted();
      return accepted({ type: 'LegalHoldLifted.v1', data: { reason: command.reason }, occurredAt });
    case 'request-erasure': {
      // Under a hold, too: a request is a fact, and the law counts the days from it. Only its approval has to wait.
      if (state.erasure) return accepted();
      const data = { reason: command.reason, keepOptOut: command.keepOptOut, requestedBy: actor.id };
      return accepted({ type: 'ErasureRequested.v1', data, occurredAt });
    }
    case 'approve-erasure':
      if (!state.erasure) return conflict('nobody has requested the erasure');
      if (state.erasure.requestedBy === actor.id) return conflict('another person must approve than requested it');
      if (state.onHold || heldElsewhere) return conflict('the contact is under a legal hold');
      return accepted({
        type: 'ErasureApproved.v1',
        data: { reason: command.reason, approvedBy: actor.id },
        occurredAt,
      });
    case 'erasure-step': {
      const { erasure } = state;
      if (!erasure?.approved) return conflict('the erasure is not approved');
      const contacts = command.contacts.filter((contact) => stepsLeft(erasure, contact).includes(command.step));
      if (contacts.length === 0) return accepted();
      return accepted({ type: 'ErasureStepDone.v1', data: { step: command.step, contacts }, occurredAt });
    }
    case 'erasure-stage': {
      const { erasure } = state;
      const { stage, epoch } = command;
      const before = stage === 'live' ? 'a step of the erasure stands out' : 'the contact is not yet erased here';
      const isReady = (contact: string): boolean =>
        erasure !== undefined &&
        (stage === 'live' ? stepsLeft(erasure, contact).length === 0 : erasure.live.includes(contact));
      if (!command.contacts.every(isReady)) return conflict(before);
      const contacts = command.contacts.filter((contact) => !erasure?.[stage].includes(contact));
      if (contacts.length === 0) return accepted();
      return accepted({ type: 'PersonalDataErased.v1', data: { stage, contacts, epoch }, occurredAt });
    }
  }
}

const accepted = (...events: readonly ContactEvent[]): Decision<ContactEvent> => ({ ok: true, result: null, events });
const conflict = (rule: string): Decision<ContactEvent> => refuse({ code: 'conflict', rule });
