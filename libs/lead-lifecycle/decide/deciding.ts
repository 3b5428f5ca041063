import { findReason, type ReasonList } from '../../agreements/agreement-content.js';
import { isCode } from '../../agreements/profile.js';
import { refuse, type Refusal } from '../../decider/decision.js';
import { topState } from '../fold-table.js';
import type { CommandOf, LeadCommandKind } from '../lead-commands.js';
import { time } from '../../shape/shape.js';
import type { LeadDraft, LeadEventData, LeadEventPersonal, LeadEventType, Owner, Reason } from '../lead-events.js';
import { isMember, type LeadFacts } from '../lead-facts.js';
import { currentCycle, type LeadState } from '../lead-state.js';
import type { Right } from '../permissions.js';

/** What one command is decided on. */
export interface Deciding<K extends LeadCommandKind> {
  readonly command: CommandOf<K>;
  readonly state: LeadState;
  readonly facts: LeadFacts;
  /** by which the actor may do it */
  readonly right: Right;
  /** when it happened */
  readonly at: string;
}

export type Step =
  { readonly ok: true; readonly drafts: readonly LeadDraft[] } | { readonly ok: false; readonly refusal: Refusal };

export const yields = (...drafts: readonly LeadDraft[]): Step => ({ ok: true, drafts });
/** The command's outcome already stands. */
export const unchanged: Step = { ok: true, drafts: [] };
export const conflict = (rule: string): Step => refuse({ code: 'conflict', rule });
export const invalid = (field: string, rule: string): Step => refuse({ code: 'invalid', field, rule });

/** An event of the current cycle. Its personal part is left out where nothing personal was said. */
export function draft<T extends LeadEventType>(
  { state, at, command }: Pick<Deciding<LeadCommandKind>, 'state' | 'at' | 'command'>,
  type: T,
  data: Omit<LeadEventData<T>, 'cycle'> & { readonly cycle?: number },
  personal: LeadEventPersonal<T> | undefined = noteOf(command) as LeadEventPersonal<T> | undefined,
): LeadDraft {
  const said = Object.entries(personal ?? {}).filter(([, value]) => value !== undefined);
  // The three parts belong to the same T, which the compiler cannot follow into the union.
  return {
    type,
    data: { cycle: currentCycle(state)?.number ?? 1, ...data },
    occurredAt: at,
    ...(said.length > 0 ? { personal: Object.fromEntries(said) } : {}),
  } as unknown as LeadDraft;
}

const noteOf = (command: object): { note: string } | undefined =>
  'note' in command && typeof command.note === 'string' ? { note: command.note } : undefined;

/** A reason of the agreed list, or why it is refused. Free text alone is none. */
export function agreedReason(facts: LeadFacts, list: ReasonList, code: string): Reason | undefined {
  const { content, segment, version } = facts.agreement;
  const found = isCode(code) ? findReason(content, list, code) : undefined;
  return found && { code: found.code, faultDomain: found.faultDomain, agreement: { segment, version } };
}

export function withReason(facts: LeadFacts, list: ReasonList, code: string, then: (reason: Reason) => Step): Step {
  const reason = agreedReason(facts, list, code);
  return reason ? then(reason) : invalid('/reason', `must be a reason of the agreed list "${list}"`);
}

export const agreementOf = ({ agreement }: LeadFacts): { segment: string; version: number } => ({
  segment: agreement.segment,
  version: agreement.version,
});

/** The reason that only the rule gives: a lead disqualified with it never returns. */
export const ERASED = 'erased';

/** Whoever withdrew consent or was erased is not taken up again. */
export function barred({ state, facts }: Pick<Deciding<LeadCommandKind>, 'state' | 'facts'>): Step | undefined {
  if (facts.contactErased || state.erased) return conflict('the contact was erased');
  if (facts.consentWithdrawn) return conflict('the contact withdrew consent');
  return undefined;
}

export const isTime = (text: string): boolean => time.check(text, '') === undefined;
export const A_TIME = 'must be an ISO 8601 time in UTC with milliseconds';

/** Why a lead cannot rest until then, if it cannot. Where no date is named it rests until something new is learnt. */
export function badResumeAt(at: string, resumeAt: string | undefined): Step | undefined {
  if (resumeAt === undefined) return undefined;
  if (!isTime(resumeAt)) return invalid('/resumeAt', A_TIME);
  return resumeAt > at ? undefined : invalid('/resumeAt', 'must be later than the return');
}

/** Whether a team of that kind exists and, where a person is named, that person belongs to it. */
export function isOwner(facts: LeadFacts, kind: 'marketing' | 'sales', owner: Owner): boolean {
  const team = facts.teams.get(owner.team);
  return team?.kind === kind && (owner.person === undefined || isMember(team, owner.person));
}

export const subState = (state: LeadState): string => state.leaf.slice(topState(state.leaf).length + 1);

export const refsOf = (facts: LeadFacts) => (facts.refs.length > 0 ? { facts: facts.refs } : {});
