import type { OpenCard } from './card-fold.js';
import type { LeadRecord } from './lead-record.js';

const BELOW_ANY_SCORE = -2_000_000;

/** The card of a lead that was just created, before its first event is folded into it. */
export function newCard(event: LeadRecord): OpenCard {
  if (event.type !== 'LeadCreated') throw new TypeError('a lead begins with LeadCreated');
  const { contact, source, topic, campaign, externalRef, profile } = event.data;
  return {
    profile,
    owners: {},
    workedCycles: new Map(),
    row: {
      lead: event.lead,
      revision: event.revision,
      contact,
      state: 'captured',
      phase: 'captured',
      state_since: event.meta.occurredAt,
      state_reason: null,
      open: 1,
      cycle: 1,
      created_at: event.meta.occurredAt,
      updated_at: event.meta.recordedAt,
      imported: event.meta.imported ? 1 : 0,
      source,
      topic,
      campaign: campaign ?? null,
      external_system: externalRef?.system ?? null,
      external_id: externalRef?.id ?? null,
      profile: '',
      score: null,
      score_rank: BELOW_ANY_SCORE,
      score_passed: null,
      policy_version: null,
      steward_team: null,
      steward_person: null,
      offeree_team: null,
      offeree_person: null,
      worker_team: null,
      worker_person: null,
      accountable: null,
      backlog_team: null,
      backlog_person: null,
      held_for: null,
      offer_id: null,
      accept_by: null,
      offers_in_cycle: 0,
      resume_at: null,
      touches: 0,
      last_touch_at: null,
      interests: 0,
      rating: null,
      merged_into: null,
      stands_since: null,
      sales_team: null,
      sales_person: null,
      queue_key: '',
      track: null,
      maximum_silence_days: null,
      quiet_since: null,
      silent_from: null,
      worker_updated_at: null,
      worked_cycles: '',
      owners: '',
    },
  };
}
