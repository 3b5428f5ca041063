import { accountableTeam, type TopState } from '../../agreements/agreement-content.js';
import { refuse, type Decision, type Refusal } from '../../decider/decision.js';
import { impossibleTime } from '../../decider/possible-time.js';
import { actorOf } from '../acting.js';
import { changeBetween } from '../change.js';
import { topState } from '../fold-table.js';
import type { CommandOf, LeadCommand, LeadCommandKind } from '../lead-commands.js';
import type { LeadDraft, LeadEvent } from '../lead-events.js';
import type { LeadFacts } from '../lead-facts.js';
import { evolve, takenBy, type LeadState } from '../lead-state.js';
import { rightTo, type Right } from '../permissions.js';
import { allowedCommands } from './allowed.js';
import { A_TIME, isTime, type Deciding, type Step } from './deciding.js';
import * as handoff from './handoff.js';
import * as marketing from './marketing.js';
import * as record from './record.js';
import * as sales from './sales.js';
import * as scoring from './scoring.js';

/** The state after the decided events. `repeated`: the stream holds this command already. */
export interface LeadResult {
  readonly state: LeadState;
  readonly repeated: boolean;
}

const DECIDERS: { readonly [K in LeadCommandKind]: (deciding: Deciding<K>) => Step } = {
  create: marketing.create,
  'record-interest': marketing.recordInterest,
  score: scoring.score,
  'start-nurture': marketing.startNurture,
  qualify: scoring.qualify,
  'withdraw-qualification': marketing.withdrawQualification,
  hold: handoff.hold,
  release: handoff.release,
  route: handoff.route,
  'hand-off': handoff.handOff,
  'withdraw-handoff': handoff.withdrawHandoff,
  accept: handoff.accept,
  reject: handoff.reject,
  expire: handoff.expire,
  contact: record.contact,
  advance: sales.advance,
  'sales-qualify': sales.salesQualify,
  recycle: sales.recycle,
  lose: sales.lose,
  win: sales.win,
  'propose-disqualification': sales.proposeDisqualification,
  'decline-disqualification': marketing.declineDisqualification,
  disqualify: marketing.disqualify,
  reopen: marketing.reopen,
  reassign: sales.reassign,
  'transfer-stewardship': marketing.transferStewardship,
  'correct-details': marketing.correctDetails,
  rate: sales.rate,
  'record-insight': record.recordInsight,
  'recommend-message': marketing.recommendMessage,
  merge: record.merge,
  unmerge: record.unmerge,
  'absorb-duplicate': record.absorbDuplicate,
};

/** `repeated`: the stream holds this command already, so that nothing is left to decide. */
export type Admission =
  | { readonly ok: true; readonly right: Right; readonly repeated: boolean }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * The first part of `decide`, on its own for callers that check a revision next (If-Match): is there such a lead, was
 * this done already, may the actor do it. Refusals: not-found, forbidden.
 */
export function admit(command: LeadCommand, state: LeadState, facts: LeadFacts): Admission {
  if (state.cycles.length === 0 && command.kind !== 'create') return refuse({ code: 'not-found', what: 'lead' });
  const by = takenBy(state, command.commandId);
  // Whoever rejects an offer has no right to it any more: the same command sent again is answered, not forbidden.
  if (by !== undefined && (facts.actor.kind !== 'human' || facts.actor.id === by)) {
    return { ok: true, right: { relation: 'repetition' }, repeated: true };
  }
  const right = rightTo(command, state, facts);
  if (!right) return refuse({ code: 'forbidden', rule: `${command.kind} is not for you on this lead` });
  return { ok: true, right, repeated: by !== undefined };
}

/**
 * Decides a command on a lead: pure, from the folded state and the facts alone. In this order: was it done already,
 * may the actor do it, is its time possible, does the lifecycle allow it, do its own guards hold. What the rule adds
 * in the same commit (score, qualification) follows; every event that changes state or owner says so in `change`.
 */
export function decide(command: LeadCommand, state: LeadState, facts: LeadFacts): Decision<LeadDraft, LeadResult> {
  const admission = admit(command, state, facts);
  if (!admission.ok) return admission;
  if (admission.repeated) return { ok: true, result: { state, repeated: true }, events: [] };
  const refusal = refusedTime(command, facts.now) ?? illegal(command, state);
  if (refusal) return refuse(refusal);
  const at = command.occurredAt ?? facts.now;
  const step = decideKind({ command, state, facts, right: admission.right, at });
  return step.ok ? recorded(command, state, facts, step.drafts) : step;
}

function decideKind<K extends LeadCommandKind>(deciding: Deciding<K>): Step {
  return DECIDERS[deciding.command.kind](deciding);
}

function refusedTime({ occurredAt }: LeadCommand, now: string): Refusal | undefined {
  if (occurredAt === undefined) return undefined;
  const rule = isTime(occurredAt) ? impossibleTime(occurredAt, now) : A_TIME;
  return rule === undefined ? undefined : { code: 'invalid', field: '/occurredAt', rule };
}

function illegal({ kind }: LeadCommand, state: LeadState): Refusal | undefined {
  const allowed = allowedCommands(state.leaf);
  return allowed.includes(kind) ? undefined : { code: 'illegal-transition', state: state.leaf, allowed };
}

/** Plays the drafts forward, so that each event says what it changes and the rule sees the state it scores. */
function recorded(
  command: LeadCommand,
  before: LeadState,
  facts: LeadFacts,
  decided: readonly LeadDraft[],
): Decision<LeadDraft, LeadResult> {
  const events: LeadDraft[] = [];
  let state = before;
  const play = (draft: LeadDraft): void => {
    const [next, event] = played(state, draft, command, facts);
    if (next === state) throw new Error(`decided ${draft.type} in ${state.leaf}, which the lifecycle does not allow`);
    events.push(event);
    state = next;
  };
  const timed = command.timeKnown === false ? { timeKnown: false as const } : {};
  decided.forEach((draft) => play({ ...draft, ...timed }));
  const cause = scoring.SCORED_AFTER[command.kind];
  if (cause && decided.length > 0 && facts.actor.role !== 'import') {
    const score: CommandOf<'score'> = { kind: 'score', lead: command.lead, commandId: command.commandId };
    // The rule acts now, on what may have happened earlier.
    const deciding = { command: score, state, facts, right: { relation: 'rule' as const }, at: facts.now };
    scoring.scoreByRule(deciding, cause).forEach(play);
  }
  return { ok: true, result: { state, repeated: false }, events };
}

function played(before: LeadState, draft: LeadDraft, command: LeadCommand, facts: LeadFacts): [LeadState, LeadDraft] {
  const recordedAt = facts.now > before.recordedAt ? facts.now : before.recordedAt;
  const meta = {
    occurredAt: draft.occurredAt,
    recordedAt,
    actor: actorOf(draft, facts.actor),
    commandId: command.commandId,
  };
  const imported = facts.actor.role === 'import' ? { imported: true as const } : {};
  const after = evolve(before, { type: draft.type, data: draft.data, meta: { ...meta, ...imported } } as LeadEvent);
  const owners = { steward: after.steward?.team ?? '', offeree: after.offeree?.team, worker: after.worker?.team };
  const accountable = accountableTeam(facts.agreement.content, topState(after.leaf) as TopState, owners);
  const change = changeBetween(before, { ...after, accountable }, reasonCodeOf(draft));
  return change
    ? [
        { ...after, accountable },
        { ...draft, change },
      ]
    : [after, draft];
}

function reasonCodeOf({ data }: LeadDraft): string | undefined {
  const said = data as { reason?: string | { code: string }; basis?: { reason?: string }; route?: { reason?: string } };
  const reason = said.reason ?? said.basis?.reason ?? said.route?.reason;
  return typeof reason === 'object' ? reason.code : reason;
}
