import { evaluate, type EvaluationInput } from '../../agreements/policy.js';
import { allows } from '../fold-table.js';
import type { LeadDraft, LeadEventData } from '../lead-events.js';
import { currentCycle, type LeadState } from '../lead-state.js';
import { barred, conflict, draft, invalid, refsOf, unchanged, yields, type Deciding, type Step } from './deciding.js';

type Cause = LeadEventData<'LeadScored'>['cause'];

/** Commands that teach something new about a lead, and are followed by scoring in the same commit. */
export const SCORED_AFTER: Readonly<Partial<Record<string, Cause>>> = {
  create: 'created',
  'record-interest': 'interest',
  'correct-details': 'details',
};

/** What the rule adds: a score, and the qualification if it passes. Nothing without a policy in force. */
export function scoreByRule(deciding: Deciding<'score'>, cause: Cause): readonly LeadDraft[] {
  const { state, facts } = deciding;
  if (!facts.policy || !allows(state.leaf, 'LeadScored')) return [];
  const { segment, version, contentHash, content } = facts.policy;
  const { source, topic, behaviours } = state;
  const evaluation = evaluate(content, { ...state.profile, source, topic, behaviour: behaviours } as EvaluationInput);
  const { points, total, threshold, passed } = evaluation;
  const basis = { kind: 'policy', policy: { segment, version, contentHash }, points, total, threshold } as const;
  const scored = draft(deciding, 'LeadScored', { basis, points, total, passed, cause, ...refsOf(facts) });
  if (!passed || !mayQualifyByRule(deciding)) return [{ ...scored, rule: 'score' }];
  const qualified = draft(deciding, 'LeadQualified', { basis, ...refsOf(facts) });
  return [
    { ...scored, rule: 'score' },
    { ...qualified, rule: 'qualify' },
  ];
}

/** A returned lead waits for its resume date or for something new, or it would bounce back at once. */
function mayQualifyByRule({ state, facts }: Deciding<'score'>): boolean {
  if (!allows(state.leaf, 'LeadQualified') || barred({ state, facts })) return false;
  return (currentCycle(state)?.number ?? 1) === 1 || state.newInputs || resumes(state, facts.now);
}

const resumes = (state: LeadState, now: string): boolean => state.resumeAt !== undefined && state.resumeAt <= now;

export function score(deciding: Deciding<'score'>): Step {
  const { command, state, facts } = deciding;
  const { override } = command;
  if (override === undefined) {
    if (facts.actor.role !== 'rule') return invalid('/override', 'a score by hand needs a reason and points');
    if (!facts.policy) return conflict('no ideal-lead policy is in force');
    if (state.score?.policyVersion === facts.policy.version && !resumes(state, facts.now)) return unchanged;
    return yields(...scoreByRule(deciding, 'policy'));
  }
  if (facts.actor.role === 'rule') return invalid('/override', 'the rule scores by the policy alone');
  return overridden(deciding, override.reason, (basis) => {
    const total = override.points.reduce((sum, line) => sum + line.points, 0);
    const passed = facts.policy !== undefined && total >= facts.policy.content.threshold;
    return draft(deciding, 'LeadScored', { basis, points: override.points, total, passed, cause: 'manual' });
  });
}

export function qualify(deciding: Deciding<'qualify'>): Step {
  const bar = barred(deciding);
  if (bar) return bar;
  const { command, facts } = deciding;
  return overridden(deciding, command.reason, (basis) => draft(deciding, 'LeadQualified', { basis, ...refsOf(facts) }));
}

/** By hand, with a reason of the agreed list: an exception is an event that says so. */
export function overridden(
  { facts }: Pick<Deciding<'qualify'>, 'facts'>,
  code: string,
  then: (basis: { kind: 'override'; reason: string }) => LeadDraft,
): Step {
  const known = facts.agreement.content.reasons.override.some(
    (reason) => reason.code === code || reason.children?.some((child) => `${reason.code}.${child.code}` === code),
  );
  if (!known) return invalid('/reason', 'must be a reason of the agreed list "override"');
  return yields(then({ kind: 'override', reason: code }));
}
