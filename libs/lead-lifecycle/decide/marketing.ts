import type { CommandOf } from '../lead-commands.js';
import {
  ERASED,
  agreedReason,
  badResumeAt,
  barred,
  conflict,
  draft,
  invalid,
  isOwner,
  refsOf,
  unchanged,
  withReason,
  yields,
} from './deciding.js';
import type { Deciding, Step } from './deciding.js';
import { refuse } from '../../decider/decision.js';

export function create(deciding: Deciding<'create'>): Step {
  const { command, facts } = deciding;
  if (!isOwner(facts, 'marketing', command.steward)) {
    return invalid('/steward', 'must be a marketing team, or one of its people');
  }
  if (facts.duplicate?.readable) return refuse({ code: 'duplicate', leadId: facts.duplicate.leadId });
  const { contact, behaviours, profile, steward, intake, externalRef, details } = command;
  const data = { contact, ...from(command), behaviours, profile, steward, intake };
  return yields(draft(deciding, 'LeadCreated', { ...data, ...(externalRef ? { externalRef } : {}) }, details));
}

const from = ({ source, topic, campaign, asset }: CommandOf<'create'> | CommandOf<'record-interest'>) => ({
  source,
  topic,
  ...(campaign ? { campaign } : {}),
  ...(asset ? { asset } : {}),
});

export function recordInterest(deciding: Deciding<'record-interest'>): Step {
  const { command } = deciding;
  return yields(draft(deciding, 'InterestRecorded', { ...from(command), behaviours: command.behaviours }));
}

export function correctDetails(deciding: Deciding<'correct-details'>): Step {
  const { profile, details } = deciding.command;
  const given = [...Object.entries(profile ?? {}), ...Object.entries(details)].filter(([, v]) => v !== undefined);
  if (given.length === 0) return invalid('/details', 'at least one detail must be given');
  const corrected = given.map(([name]) => name.toLowerCase());
  return yields(draft(deciding, 'LeadDetailsCorrected', { corrected, ...(profile ? { profile } : {}) }, details));
}

export function startNurture(deciding: Deciding<'start-nurture'>): Step {
  const { command, facts, at } = deciding;
  const { track, channel, cadenceDays, resumeAt } = command;
  const bad = badResumeAt(at, resumeAt);
  if (bad) return bad;
  const most = facts.agreement.content.nurture.maximumSilenceDays;
  const maximumSilenceDays = command.maximumSilenceDays ?? most;
  if (maximumSilenceDays > most) return invalid('/maximumSilenceDays', `the agreement allows at most ${most}`);
  return yields(draft(deciding, 'NurtureStarted', { track, channel, cadenceDays, maximumSilenceDays, resumeAt }));
}

export function withdrawQualification(deciding: Deciding<'withdraw-qualification'>): Step {
  const { command, facts } = deciding;
  const { resumeAt } = command;
  const bad = badResumeAt(deciding.at, resumeAt) ?? (facts.actor.role === 'rule' ? notTheRules(deciding) : undefined);
  if (bad) return bad;
  return withReason(facts, 'withdraw', command.reason, (reason) =>
    yields(draft(deciding, 'QualificationWithdrawn', { reason, ...(resumeAt ? { resumeAt } : {}) })),
  );
}

/** The rule withdraws for one of two causes, each of which must be there. */
function notTheRules({ command, state, facts }: Deciding<'withdraw-qualification'>): Step | undefined {
  switch (command.reason) {
    case 'consent-withdrawn':
      return facts.consentWithdrawn ? undefined : conflict('consent stands');
    case 'details-corrected':
      return state.score?.passed === false ? undefined : conflict('the lead still passes');
    default:
      return invalid('/reason', 'the rule withdraws only for lost consent or corrected details');
  }
}

export function transferStewardship(deciding: Deciding<'transfer-stewardship'>): Step {
  const { command, state, facts } = deciding;
  const { steward } = command;
  if (!isOwner(facts, 'marketing', steward))
    return invalid('/steward', 'must be a marketing team, or one of its people');
  if (state.steward?.team === steward.team && state.steward.person === steward.person) return unchanged;
  return withReason(facts, 'transfer', command.reason, (reason) =>
    yields(draft(deciding, 'StewardTransferred', { steward, reason })),
  );
}

export function recommendMessage(deciding: Deciding<'recommend-message'>): Step {
  const { message, product } = deciding.command;
  return yields(draft(deciding, 'MessageRecommended', { message, ...(product ? { product } : {}) }));
}

/** With a reason of its own, or countersigning what sales proposed; `erased` is the rule's alone. */
export function disqualify(deciding: Deciding<'disqualify'>): Step {
  const { command, state, facts } = deciding;
  const { proposal } = state;
  const code = command.reason ?? proposal?.reason;
  if (code === undefined) return invalid('/reason', 'is required where nothing was proposed');
  const byRule = facts.actor.role === 'rule';
  if (byRule !== (code === ERASED)) return invalid('/reason', 'the rule, and nobody else, disqualifies as erased');
  if (byRule && !facts.contactErased) return conflict('the contact is not erased');
  const proposedBy = proposal?.reason === code ? { proposedBy: proposal.by } : {};
  return withReason(facts, 'disqualify', code, (reason) =>
    yields(draft(deciding, 'LeadDisqualified', { reason, ...proposedBy })),
  );
}

export function declineDisqualification(deciding: Deciding<'decline-disqualification'>): Step {
  const { command, state, facts } = deciding;
  if (!state.proposal) return conflict('no disqualification is proposed');
  // Declining answers a proposal: any agreed reason for keeping or recycling a lead will do.
  const reason = agreedReason(facts, 'reopen', command.reason) ?? agreedReason(facts, 'recycle', command.reason);
  if (!reason) return invalid('/reason', 'must be a reason of the agreed lists "reopen" or "recycle"');
  return yields(draft(deciding, 'DisqualificationDeclined', { reason }));
}

export function reopen(deciding: Deciding<'reopen'>): Step {
  const { command, state, facts } = deciding;
  const bar = barred(deciding);
  if (bar) return bar;
  const cycle = state.cycles.length + 1;
  return withReason(facts, 'reopen', command.reason, (reason) =>
    yields(draft(deciding, 'LeadReopened', { cycle, reason, ...refsOf(facts) })),
  );
}
