import type { FromTo, Owner, Profile } from '../lead-lifecycle/lead-events.js';
import type { CardRow } from './lead-card-tables.js';
import type { LeadRecord } from './lead-record.js';
import { readOwners, writtenOwners, type CurrentOwners } from './current-owners.js';

/** A card while events are folded into it; what the row holds as JSON is parsed once per batch. */
export interface OpenCard {
  readonly row: CardRow;
  profile: Profile;
  readonly owners: CurrentOwners;
}

const CLOSED_PHASES = ['lost', 'won', 'disqualified', 'merged'];
const BELOW_ANY_SCORE = -2_000_000;

export function openCard(row: CardRow): OpenCard {
  return {
    row: { ...row },
    profile: JSON.parse(row.profile) as Profile,
    owners: readOwners(row.lead, row.owners),
  };
}

export function closeCard({ row, profile, owners }: OpenCard): CardRow {
  return { ...row, profile: JSON.stringify(profile), owners: writtenOwners(owners) };
}

/** Folds an event into the card, which changes; owner intervals are `moveOwners`' part. */
export function foldIntoCard(card: OpenCard, event: LeadRecord): void {
  const { row } = card;
  row.revision = event.revision;
  row.updated_at = event.meta.recordedAt;
  noteWhatItSays(card, event);
  followChange(row, event);
}

function noteWhatItSays(card: OpenCard, event: LeadRecord): void {
  const { row } = card;
  switch (event.type) {
    case 'InterestRecorded':
      row.interests += 1;
      break;
    case 'LeadDetailsCorrected':
      card.profile = { ...card.profile, ...event.data.profile };
      break;
    case 'LeadScored': {
      const { basis, total, passed } = event.data;
      row.score = total;
      row.score_rank = total;
      row.score_passed = passed ? 1 : 0;
      row.policy_version = basis.kind === 'policy' ? basis.policy.version : null;
      break;
    }
    case 'LeadHeld':
      row.held_for = event.data.team;
      break;
    case 'LeadHandedOff':
      row.offer_id = event.data.offerId;
      row.accept_by = event.data.acceptBy;
      row.offers_in_cycle += 1;
      break;
    case 'LeadContacted':
      row.touches += 1;
      if (row.last_touch_at === null || event.meta.occurredAt > row.last_touch_at)
        row.last_touch_at = event.meta.occurredAt;
      break;
    case 'LeadQualityRated':
      row.rating = event.data.rating;
      break;
    case 'LeadMerged':
      row.merged_into = event.data.into;
      break;
    default:
  }
}

function followChange(row: CardRow, event: LeadRecord): void {
  const { change } = event.meta;
  if (change !== undefined) {
    [row.steward_team, row.steward_person] = columnsAfter(change.steward, row.steward_team, row.steward_person);
    [row.offeree_team, row.offeree_person] = columnsAfter(change.offeree, row.offeree_team, row.offeree_person);
    [row.worker_team, row.worker_person] = columnsAfter(change.worker, row.worker_team, row.worker_person);
    if (change.accountable) row.accountable = change.accountable.to;
    if (change.cycle?.to && change.cycle.to !== row.cycle) {
      row.cycle = change.cycle.to;
      row.offers_in_cycle = 0;
    }
    if (change.state?.to) enter(row, change.state.to, change.effectiveAt, change.reasonCode);
  }
  // After the state, which may have come with it: a return to nurturing says when to resume.
  const { resumeAt } = event.data as { readonly resumeAt?: string };
  if (resumeAt !== undefined) row.resume_at = resumeAt;
  takeStock(row);
}

function enter(row: CardRow, state: string, since: string, reason: string | undefined): void {
  row.state = state;
  row.phase = state.split('.')[0] ?? state;
  row.state_since = since;
  row.state_reason = reason ?? null;
  row.resume_at = null;
}

/** What holds only in certain states. */
function takeStock(row: CardRow): void {
  const offered = row.phase === 'offered';
  const worked = row.phase === 'working' || row.phase === 'opportunity';
  row.open = CLOSED_PHASES.includes(row.phase) ? 0 : 1;
  row.backlog_team = offered ? row.offeree_team : worked ? row.worker_team : null;
  row.backlog_person = offered ? row.offeree_person : worked ? row.worker_person : null;
  if (!offered) row.offer_id = row.accept_by = null;
  if (row.phase !== 'held') row.held_for = null;
  if (row.phase !== 'merged') row.merged_into = null;
}

function columnsAfter(
  step: FromTo<Owner> | undefined,
  team: string | null,
  person: string | null,
): [string | null, string | null] {
  return step === undefined ? [team, person] : [step.to?.team ?? null, step.to?.person ?? null];
}

/** The card of a lead that was just created, before its first event is folded into it. */
export function newCard(event: LeadRecord): OpenCard {
  if (event.type !== 'LeadCreated') throw new TypeError('a lead begins with LeadCreated');
  const { contact, source, topic, campaign, externalRef, profile } = event.data;
  return {
    profile,
    owners: {},
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
      owners: '',
    },
  };
}
