import type { EventDraft } from '../decider/decision.js';

/**
 * In this order: keys and addresses deleted behind the fence, no process holding a key any more, every place that keeps
 * personal data found unreadable, open and lost leads disqualified.
 */
export const ERASURE_STEPS = ['keys', 'caches', 'sinks', 'leads'] as const;
export type ErasureStep = (typeof ERASURE_STEPS)[number];

/** Events of a contact's stream about what is held on the person, and its end. None of them says who that is. */
export interface ErasureEventData {
  /** the data subject, or someone for them, was given all that is held on them */
  readonly 'PersonalDataExported.v1': {
    readonly reason: string;
    readonly contacts: number;
    readonly leads: number;
    readonly events: number;
  };
  /** nothing of the person may be erased until it is lifted; `matter` is the case's own number */
  readonly 'LegalHoldPlaced.v1': { readonly reason: string; readonly matter: string };
  readonly 'LegalHoldLifted.v1': { readonly reason: string };
  /** `keepOptOut`: remember, by a keyed hash alone, that these addresses are not to be contacted */
  readonly 'ErasureRequested.v1': {
    readonly reason: string;
    readonly keepOptOut: boolean;
    readonly requestedBy: string;
  };
  /** by another person: from here on the fence stands */
  readonly 'ErasureApproved.v1': { readonly reason: string; readonly approvedBy: string };
  /** `contacts`: all that are this person, whom the step was done for */
  readonly 'ErasureStepDone.v1': { readonly step: ErasureStep; readonly contacts: readonly string[] };
  /** `live`: readable nowhere in this installation. `final`: in no backup either, the keys before `epoch` being destroyed */
  readonly 'PersonalDataErased.v1': {
    readonly stage: 'live' | 'final';
    readonly contacts: readonly string[];
    readonly epoch: number | null;
  };
}
export type ErasureEvent = {
  [T in keyof ErasureEventData]: EventDraft<T, ErasureEventData[T]>;
}[keyof ErasureEventData];

/** The erasing of a person, as the stream of the contact that goes on tells it. */
export interface Erasure {
  readonly requestedBy: string;
  readonly keepOptOut: boolean;
  readonly approved: boolean;
  /** by contact: what was done for it. A contact that was merged in late is done late. */
  readonly done: Readonly<Record<string, readonly ErasureStep[]>>;
  readonly live: readonly string[];
  readonly final: readonly string[];
}
export type ErasureStage = 'requested' | 'approved' | 'live' | 'final';

export function stageOf({ approved, done, live, final }: Erasure): ErasureStage {
  const contacts = Object.keys(done);
  const all = (reached: readonly string[]) => contacts.length > 0 && contacts.every((one) => reached.includes(one));
  if (all(final)) return 'final';
  if (all(live)) return 'live';
  return approved ? 'approved' : 'requested';
}

/** The steps that stand out for a contact, in their order. */
export const stepsLeft = ({ done }: Erasure, contact: string): readonly ErasureStep[] =>
  ERASURE_STEPS.filter((step) => !done[contact]?.includes(step));

export function evolveErasure(erasure: Erasure | undefined, event: ErasureEvent): Erasure | undefined {
  if (event.type === 'ErasureRequested.v1') {
    const { requestedBy, keepOptOut } = event.data;
    return { requestedBy, keepOptOut, approved: false, done: {}, live: [], final: [] };
  }
  if (!erasure) return undefined;
  switch (event.type) {
    case 'ErasureApproved.v1':
      return { ...erasure, approved: true };
    case 'ErasureStepDone.v1': {
      const { step, contacts } = event.data;
      const added = contacts.map((contact) => [contact, [...(erasure.done[contact] ?? []), step]] as const);
      return { ...erasure, done: { ...erasure.done, ...Object.fromEntries(added) } };
    }
    case 'PersonalDataErased.v1': {
      const { stage, contacts } = event.data;
      return { ...erasure, [stage]: [...erasure[stage], ...contacts] };
    }
    default:
      return erasure;
  }
}
