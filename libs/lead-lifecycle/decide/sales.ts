import { refuse } from '../../decider/decision.js';
import { nextLeaf } from '../fold-table.js';
import type { LeadDraft } from '../lead-events.js';
import { cycleToRate } from '../lead-state.js';
import {
  ERASED,
  agreementOf,
  badResumeAt,
  conflict,
  draft,
  invalid,
  isOwner,
  subState,
  unchanged,
  withReason,
  yields,
} from './deciding.js';
import type { Deciding, Step } from './deciding.js';
import { allowedCommands } from './allowed.js';

export function advance(deciding: Deciding<'advance'>): Step {
  const { command, state } = deciding;
  if (subState(state) === command.stage) return unchanged;
  if (nextLeaf(state.leaf, 'LeadAdvanced', command.stage) === undefined) {
    const rule = 'a stage is reached within its own phase';
    return refuse({ code: 'illegal-transition', state: state.leaf, allowed: allowedCommands(state.leaf), rule });
  }
  if (!state.cycles.at(-1)?.twoWay) return conflict('a two-way contact in this cycle comes first');
  return yields(draft(deciding, 'LeadAdvanced', { stage: command.stage }));
}

export function salesQualify(deciding: Deciding<'sales-qualify'>): Step {
  const { needConfirmed, potentialConfirmed } = deciding.command;
  if (!needConfirmed) return invalid('/needConfirmed', 'sales-qualified means that the need is confirmed');
  if (!potentialConfirmed)
    return invalid('/potentialConfirmed', 'sales-qualified means that the potential is confirmed');
  return yields(draft(deciding, 'LeadSalesQualified', { needConfirmed, potentialConfirmed }));
}

export function recycle(deciding: Deciding<'recycle'>): Step {
  const { command, facts } = deciding;
  const bad =
    badResumeAt(deciding.at, command.resumeAt) ?? (facts.actor.role === 'rule' ? decidable(deciding) : undefined);
  if (bad) return bad;
  return withReason(facts, 'recycle', command.reason, (reason) =>
    withRating(deciding, draft(deciding, 'LeadRecycled', { reason, resumeAt: command.resumeAt })),
  );
}

const DAY = 24 * 60 * 60_000;

/** The clock takes a loss back only where people had the agreed days to decide about it. */
function decidable({ command, state, facts }: Deciding<'recycle'>): Step | undefined {
  if (command.reason !== 'undecided-loss') return invalid('/reason', 'the rule recycles only an undecided loss');
  const days = facts.agreement.content.undecidedLossDays;
  const since = Date.parse(facts.now) - Date.parse(state.leafSince);
  return since >= days * DAY ? undefined : conflict('the time to decide about the loss has not passed');
}

export function lose(deciding: Deciding<'lose'>): Step {
  const { command, facts } = deciding;
  const { competitor, asset } = command;
  const named = { ...(competitor ? { competitor } : {}), ...(asset ? { asset } : {}) };
  return withReason(facts, 'lost', command.reason, (reason) =>
    withRating(deciding, draft(deciding, 'LeadLost', { reason, ...named })),
  );
}

export function win(deciding: Deciding<'win'>): Step {
  return withRating(deciding, draft(deciding, 'LeadWon', { value: deciding.command.value }));
}

/** A rating that comes with the exit is written before it, in the cycle it is about. */
function withRating(deciding: Deciding<'recycle' | 'lose' | 'win'>, exit: LeadDraft): Step {
  const { rating } = deciding.command;
  if (rating === undefined) return yields(exit);
  const rated = ratedCycle(deciding, rating, undefined);
  return rated.ok ? yields(...rated.drafts.map(({ personal: _noteOfExit, ...one }) => one as LeadDraft), exit) : rated;
}

export function rate(deciding: Deciding<'rate'>): Step {
  return ratedCycle(deciding, deciding.command.rating, deciding.command.cycle);
}

/** Only what sales worked can be rated, once a cycle; without a number the latest such cycle is meant. */
function ratedCycle(deciding: Deciding<'rate' | 'recycle' | 'lose' | 'win'>, rating: number, number?: number): Step {
  const { state, facts } = deciding;
  const { min, max } = facts.agreement.content.ratingScale;
  if (!Number.isInteger(rating) || rating < min || rating > max) {
    return invalid('/rating', `must be a whole number from ${min} to ${max}`);
  }
  const cycle = cycleToRate(state, number);
  if (!cycle?.lastWorker) return conflict('sales worked no such cycle');
  if (cycle.rated) return conflict('that cycle is rated already');
  return yields(draft(deciding, 'LeadQualityRated', { cycle: cycle.number, rating, agreement: agreementOf(facts) }));
}

export function proposeDisqualification(deciding: Deciding<'propose-disqualification'>): Step {
  const { command, state, facts } = deciding;
  if (state.proposal) return conflict('a disqualification is proposed already');
  if (command.reason === ERASED) return invalid('/reason', 'erased is no reason to propose');
  return withReason(facts, 'disqualify', command.reason, (reason) =>
    yields(draft(deciding, 'DisqualificationProposed', { reason })),
  );
}

export function reassign(deciding: Deciding<'reassign'>): Step {
  const { command, state, facts } = deciding;
  const { worker } = command;
  if (!isOwner(facts, 'sales', worker)) return invalid('/worker', 'must be one of a sales team');
  if (state.worker?.team === worker.team && state.worker.person === worker.person) return unchanged;
  return withReason(facts, 'reassign', command.reason, (reason) =>
    yields(draft(deciding, 'WorkerReassigned', { worker, reason })),
  );
}
