import type { CommandOf } from '../lead-commands.js';
import { agreedReason, conflict, draft, invalid, isOwner, refsOf, unchanged, withReason, yields } from './deciding.js';
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
  if (resumeAt <= at) return invalid('/resumeAt', 'must be later than the start of the track');
  const most = facts.agreement.content.nurture.maximumSilenceDays;
  const maximumSilenceDays = command.maximumSilenceDays ?? most;
  if (maximumSilenceDays > most) return invalid('/maximumSilenceDays', `the agreement allows at most ${most}`);
  return yields(draft(deciding, 'NurtureStarted', { track, channel, cadenceDays, maximumSilenceDays, resumeAt }));
}

export function withdrawQualification(deciding: Deciding<'withdraw-qualification'>): Step {
  const { command, facts } = deciding;
  const { resumeAt } = command;
  return withReason(facts, 'withdraw', command.reason, (reason) =>
    yields(draft(deciding, 'QualificationWithdrawn', { reason, ...(resumeAt ? { resumeAt } : {}) })),
  );
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
  const proposedBy = state.proposal ? { proposedBy: state.proposal.by } : {};
  const code = command.reason ?? state.proposal?.reason;
  if (code === undefined) return invalid('/reason', 'is required where nothing was proposed');
  if (facts.actor.role === 'rule') {
    if (code !== 'erased') return invalid('/reason', 'the rule disqualifies only an erased contact');
    const { segment, version } = facts.agreement;
    const reason = { code, agreement: { segment, version } };
    return yields(draft(deciding, 'LeadDisqualified', { reason }));
  }
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
  return yields(draft(deciding, 'DisqualificationDeclined', { reason: reason.code }));
}

export function reopen(deciding: Deciding<'reopen'>): Step {
  const { command, state, facts } = deciding;
  const barred = barredFromReturn(deciding);
  if (barred) return barred;
  const cycle = state.cycles.length + 1;
  return withReason(facts, 'reopen', command.reason, (reason) =>
    yields(draft(deciding, 'LeadReopened', { cycle, reason, ...refsOf(facts) })),
  );
}

/** Whoever withdrew consent or was erased is not taken up again. */
export function barredFromReturn({ state, facts }: Pick<Deciding<'reopen'>, 'state' | 'facts'>): Step | undefined {
  if (facts.contactErased || state.erased) return conflict('the contact was erased');
  if (facts.consentWithdrawn) return conflict('the contact withdrew consent');
  return undefined;
}
