import {
  barred,
  conflict,
  draft,
  invalid,
  refsOf,
  unchanged,
  withReason,
  yields,
  type Deciding,
  type Step,
} from './deciding.js';

/** A touch that happened is a fact: what was wrong with it is recorded, never a reason to refuse it. */
export function contact(deciding: Deciding<'contact'>): Step {
  const { command, state, facts, right } = deciding;
  const forOthers = ['service', 'import', 'marketing-manager', 'sales-manager'].includes(right.relation);
  if (command.by && !forOthers) return invalid('/by', 'only a manager or a service records what somebody else did');
  if (!command.by && right.team === undefined) return invalid('/by', 'a service says who did it');
  const by = command.by ?? { team: right.team ?? '', person: facts.actor.id };
  const { channel, direction, twoWay, human, asset, buyingStage, pitched, reservation } = command;
  const byWorker = state.worker !== undefined && by.person === state.worker.person && by.team === state.worker.team;
  return yields(
    draft(deciding, 'LeadContacted', {
      by,
      channel,
      direction,
      twoWay,
      human,
      advances: state.leaf === 'working.attempting' && twoWay && human && byWorker,
      ...(asset ? { asset } : {}),
      ...(buyingStage ? { buyingStage } : {}),
      ...(pitched ? { pitched } : {}),
      ...(reservation ? { reservation } : {}),
      findings: facts.consentWithdrawn ? ['without-consent'] : [],
      ...refsOf(facts),
    }),
  );
}

export function recordInsight(deciding: Deciding<'record-insight'>): Step {
  const { insight, tags } = deciding.command;
  return yields(draft(deciding, 'InsightRecorded', { kind: insight, tags }));
}

export function merge(deciding: Deciding<'merge'>): Step {
  const { command, facts } = deciding;
  if (command.into === command.lead) return invalid('/into', 'must be another lead');
  if (!facts.survivor) return invalid('/into', 'must be a lead');
  if (facts.survivor.merged) return conflict('the other lead is merged itself');
  if (!facts.survivor.sameContact) return conflict('the contacts are to be merged first');
  return yields(draft(deciding, 'LeadMerged', { into: command.into, ...refsOf(facts) }));
}

export function unmerge(deciding: Deciding<'unmerge'>): Step {
  const { command, state, facts } = deciding;
  const bar = barred(deciding);
  if (bar) return bar;
  if (facts.actor.role === 'rule' && command.reason !== 'merged-in-a-circle') {
    return invalid('/reason', 'the rule unmerges only what was merged in a circle');
  }
  const cycle = state.cycles.length + (state.cycles.at(-1)?.outcome === undefined ? 0 : 1);
  return withReason(facts, 'unmerge', command.reason, (reason) =>
    yields(draft(deciding, 'LeadUnmerged', { cycle, reason })),
  );
}

export function absorbDuplicate(deciding: Deciding<'absorb-duplicate'>): Step {
  const { command, state } = deciding;
  if (command.duplicate === command.lead) return invalid('/duplicate', 'must be another lead');
  if (state.absorbed.includes(command.duplicate)) return unchanged;
  return yields(draft(deciding, 'DuplicateAbsorbed', { lead: command.duplicate }));
}
