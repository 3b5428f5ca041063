import { text, type RowOf } from '../read-database/table-shape.js';
import { CARD, type CardRow } from './card-row.js';

/** What lists are filtered, sorted and counted by. */
export const LISTED = [
  'lead',
  'contact',
  'state',
  'phase',
  'state_since',
  'open',
  'created_at',
  'updated_at',
  'source',
  'topic',
  'campaign',
  'score_rank',
  'steward_team',
  'steward_person',
  'offeree_team',
  'offeree_person',
  'worker_team',
  'worker_person',
  'accept_by',
  'resume_at',
  'stands_since',
  'stands_day',
  'sales_team',
  'sales_person',
  'queue_key',
  'quiet_since',
  'silent_from',
  'worker_updated_at',
] as const satisfies readonly (keyof CardRow)[];
export type ListedCard = Pick<CardRow, (typeof LISTED)[number]>;
/** Cards as far as lists look at them. */
export type ListedTables = { lead_card: ListedCard };

/**
 * One row for each sales team and lead that it may read: those that it is offered, works or once worked. With what lists
 * look at of the card, so that the leads of a team are read in the order of an index.
 */
export const SALES_SIGHT = {
  team: text,
  ...(Object.fromEntries(LISTED.map((column) => [column, CARD[column]])) as Pick<typeof CARD, keyof ListedCard>),
};
export type SalesSightRow = RowOf<typeof SALES_SIGHT>;
export const SALES_SIGHT_KEY = ['team', 'lead'] as const satisfies readonly (keyof SalesSightRow)[];
