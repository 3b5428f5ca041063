import type { Writing } from '../read-database/read-database.js';
import { createTable, integer, integerOrNull, text, textOrNull, type RowOf } from '../read-database/table-shape.js';
import { CARD, type CardRow } from './card-row.js';
import { SALES_SIGHT, SALES_SIGHT_KEY, type SalesSightRow } from './sales-sight.js';

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

/** What sales worked, by cycle: the worker owes a rating of each. `missing`: 1 once it has ended unrated, not imported; 2 while merged. */
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
  sales_sight: SalesSightRow;
  worked_cycle: WorkedCycleRow;
  contact_tally: ContactTallyRow;
  offer_tally: OfferTallyRow;
};

export const LEAD_CARD_TABLES = [
  'lead_card',
  'lead_details',
  'owner_interval',
  'sales_sight',
  'worked_cycle',
  'contact_tally',
  'offer_tally',
] as const satisfies readonly (keyof LeadCardTables)[];

export async function createLeadCardTables(tx: Writing): Promise<void> {
  await createTable(tx, 'lead_card', CARD, ['lead']);
  await createTable(tx, 'lead_details', DETAILS, ['lead']);
  await createTable(tx, 'owner_interval', INTERVAL, ['lead', 'role', 'opened_revision']);
  await createTable(tx, 'sales_sight', SALES_SIGHT, SALES_SIGHT_KEY);
  await createTable(tx, 'worked_cycle', WORKED_CYCLE, ['lead', 'cycle']);
  await createTable(tx, 'contact_tally', CONTACT_TALLY, ['contact']);
  await createTable(tx, 'offer_tally', OFFER_TALLY, ['team', 'person']);
}
