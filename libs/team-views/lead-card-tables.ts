import type { Writing } from '../read-database/read-database.js';
import { createTable, integer, integerOrNull, text, textOrNull, type RowOf } from '../read-database/table-shape.js';

/** One row per lead: where it stands now. */
export const CARD = {
  lead: text,
  revision: integer,
  contact: text,
  /** down to the sub-state, `working.contacted`; `phase` without it */
  state: text,
  phase: text,
  state_since: text,
  state_reason: textOrNull,
  open: integer,
  cycle: integer,
  created_at: text,
  /** recordedAt of the last event */
  updated_at: text,
  imported: integer,
  source: text,
  topic: text,
  campaign: textOrNull,
  external_system: textOrNull,
  external_id: textOrNull,
  /** bands and codes as JSON */
  profile: text,
  score: integerOrNull,
  /** the score, or less than any where there is none: to sort by */
  score_rank: integer,
  score_passed: integerOrNull,
  policy_version: integerOrNull,
  steward_team: textOrNull,
  steward_person: textOrNull,
  offeree_team: textOrNull,
  offeree_person: textOrNull,
  worker_team: textOrNull,
  worker_person: textOrNull,
  accountable: textOrNull,
  /** whose backlog it is in: the offeree's while offered, the worker's while worked */
  backlog_team: textOrNull,
  backlog_person: textOrNull,
  held_for: textOrNull,
  offer_id: textOrNull,
  accept_by: textOrNull,
  offers_in_cycle: integer,
  resume_at: textOrNull,
  touches: integer,
  last_touch_at: textOrNull,
  interests: integer,
  rating: integerOrNull,
  merged_into: textOrNull,
  /** state_since of a lead that can still come to something; null once it is won, disqualified or merged */
  stands_since: textOrNull,
  /** whose of sales it is: the offeree's while offered, the worker's until the lead leaves lost */
  sales_team: textOrNull,
  sales_person: textOrNull,
  /** its place in that queue: see `card-standing.ts`; '' outside */
  queue_key: text,
  /** the keep-in-contact track of a nurtured lead */
  track: textOrNull,
  maximum_silence_days: integerOrNull,
  /** while nurtured: the later of the return to nurturing and the last touch */
  quiet_since: textOrNull,
  /** while nurtured on a track: from then on it counts as left alone */
  silent_from: textOrNull,
  /** recordedAt of the worker's last event, at first of becoming the worker */
  worker_updated_at: textOrNull,
  /** the cycles that sales worked, but for those rated and past: see `worked-cycles.ts` */
  worked_cycles: text,
  /** the open owner intervals: see `current-owners.ts` */
  owners: text,
};
export type CardRow = RowOf<typeof CARD>;
/** What the creation says for good. */
export const CARD_CONSTANTS = [
  'contact',
  'created_at',
  'imported',
  'source',
  'topic',
  'campaign',
  'external_system',
  'external_id',
] as const satisfies readonly (keyof CardRow)[];

/** Contact details as the events sealed them, as JSON; apart from the card, since they hardly ever change. */
export const DETAILS = { lead: text, sealed: text };
export type DetailsRow = RowOf<typeof DETAILS>;

/** Who had a lead from when to when: never overlapping within a lead's role, kept for good. */
export const INTERVAL = {
  lead: text,
  role: text,
  opened_revision: integer,
  cycle: integer,
  team: text,
  person: textOrNull,
  since: text,
  opened_recorded_at: text,
  opened_by: text,
  opened_by_kind: text,
  opened_by_role: text,
  opened_reason: textOrNull,
  until: textOrNull,
  closed_revision: integerOrNull,
  closed_recorded_at: textOrNull,
  closed_by: textOrNull,
  closed_by_kind: textOrNull,
  closed_by_role: textOrNull,
  closed_reason: textOrNull,
};
export type IntervalRow = RowOf<typeof INTERVAL>;

/** Sales teams that work or once worked a lead: they keep the right to read it. */
export const WORKED_BY = { team: text, lead: text };
export type WorkedByRow = RowOf<typeof WORKED_BY>;

/** What sales worked, by cycle: the worker owes a rating of each. `missing` once it has ended unrated, not imported. */
export const WORKED_CYCLE = {
  lead: text,
  cycle: integer,
  team: text,
  person: text,
  /** effectiveAt of leaving the sales stages, and the state it went to */
  ended_at: textOrNull,
  ended_as: textOrNull,
  rated: integer,
  missing: integer,
};
export type WorkedCycleRow = RowOf<typeof WORKED_CYCLE>;

/** How many open leads a contact has: more than one is for the merge queue. */
export const CONTACT_TALLY = { contact: text, open_leads: integer };
export type ContactTallyRow = RowOf<typeof CONTACT_TALLY>;

/** What each salesperson was offered so far; person '' is the team's queue. */
export const OFFER_TALLY = { team: text, person: text, offers: integer, last_offered_at: text };
export type OfferTallyRow = RowOf<typeof OFFER_TALLY>;

export type LeadCardTables = {
  lead_card: CardRow;
  lead_details: DetailsRow;
  owner_interval: IntervalRow;
  lead_worked_by: WorkedByRow;
  worked_cycle: WorkedCycleRow;
  contact_tally: ContactTallyRow;
  offer_tally: OfferTallyRow;
};

export const LEAD_CARD_TABLES = [
  'lead_card',
  'lead_details',
  'owner_interval',
  'lead_worked_by',
  'worked_cycle',
  'contact_tally',
  'offer_tally',
] as const satisfies readonly (keyof LeadCardTables)[];

export async function createLeadCardTables(tx: Writing): Promise<void> {
  await createTable(tx, 'lead_card', CARD, ['lead']);
  await createTable(tx, 'lead_details', DETAILS, ['lead']);
  await createTable(tx, 'owner_interval', INTERVAL, ['lead', 'role', 'opened_revision']);
  await createTable(tx, 'lead_worked_by', WORKED_BY, ['team', 'lead']);
  await createTable(tx, 'worked_cycle', WORKED_CYCLE, ['lead', 'cycle']);
  await createTable(tx, 'contact_tally', CONTACT_TALLY, ['contact']);
  await createTable(tx, 'offer_tally', OFFER_TALLY, ['team', 'person']);
}
