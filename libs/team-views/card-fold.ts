import type { FromTo, Owner, Profile } from '../lead-lifecycle/lead-events.js';
import type { CardRow } from './card-row.js';
import { takeStock } from './card-standing.js';
import { readOwners, writtenOwners, type CurrentOwners } from './current-owners.js';
import type { WorkedCycleRow } from './lead-card-tables.js';
import type { LeadRecord } from './lead-record.js';
import { readWorkedCycles, writtenWorkedCycles } from './worked-cycles.js';

/** A card while events are folded into it; what the row holds as JSON is parsed once per batch. */
export interface OpenCard {
  readonly row: CardRow;
  profile: Profile;
  readonly owners: CurrentOwners;
  readonly workedCycles: Map<number, WorkedCycleRow>;
  readonly workedBy: Set<string>;
  /** the teams that were offered it since the card was opened, or when it was */
  readonly offeredTo: Set<string>;
}

export function openCard(row: CardRow): OpenCard {
  return {
    row: { ...row },
    profile: JSON.parse(row.profile) as Profile,
    owners: readOwners(row.lead, row.owners),
    workedCycles: readWorkedCycles(row.lead, row.worked_cycles),
    workedBy: new Set(JSON.parse(row.worked_by) as readonly string[]),
    offeredTo: new Set(row.offeree_team === null ? [] : [row.offeree_team]),
  };
}

export function closeCard({ row, profile, owners, workedCycles, workedBy }: OpenCard): CardRow {
  return {
    ...row,
    profile: JSON.stringify(profile),
    owners: writtenOwners(owners),
    worked_cycles: writtenWorkedCycles(workedCycles, row.cycle),
    worked_by: JSON.stringify([...workedBy]),
  };
}

/** Folds an event into the card, which changes; owner intervals are `moveOwners`' part, worked cycles `moveWorkedCycles`'s. */
export function foldIntoCard(card: OpenCard, event: LeadRecord): void {
  const { row } = card;
  row.revision = event.revision;
  row.updated_at = event.meta.recordedAt;
  noteWhatItSays(card, event);
  followChange(row, event);
  if (row.offeree_team !== null) card.offeredTo.add(row.offeree_team);
  if (row.worker_team !== null) card.workedBy.add(row.worker_team);
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
    case 'NurtureStarted':
      row.track = event.data.track;
      row.maximum_silence_days = event.data.maximumSilenceDays;
      break;
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
  followWorker(row, event);
  takeStock(row);
}

/** Getting the lead counts as an update: nobody can have looked after it before. */
function followWorker(row: CardRow, { meta }: LeadRecord): void {
  if (row.worker_person === null) row.worker_updated_at = null;
  else if (meta.change?.worker || meta.actor.id === row.worker_person) row.worker_updated_at = meta.recordedAt;
}

function enter(row: CardRow, state: string, since: string, reason: string | undefined): void {
  row.state = state;
  row.phase = state.split('.')[0] ?? state;
  row.state_since = since;
  row.state_reason = reason ?? null;
  row.resume_at = null;
}

function columnsAfter(
  step: FromTo<Owner> | undefined,
  team: string | null,
  person: string | null,
): [string | null, string | null] {
  return step === undefined ? [team, person] : [step.to?.team ?? null, step.to?.person ?? null];
}
