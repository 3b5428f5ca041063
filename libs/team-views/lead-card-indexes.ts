import type { Writing } from '../read-database/read-database.js';
import type { CardRow } from './card-row.js';
import type { IntervalRow } from './lead-card-tables.js';
import type { SalesSightRow } from './sales-sight.js';

type Index<Column> = readonly [name: string, first: Column, ...more: Column[]];

/** What numbers of leads as they stand are by, as the board's index has it. */
export const COUNTED_BY = [
  'state',
  'phase',
  'source',
  'topic',
  'campaign',
  'steward_team',
  'steward_person',
  'sales_team',
  'sales_person',
  'worker_team',
  'worker_person',
] as const satisfies readonly (keyof CardRow)[];

const SORTED: readonly Index<keyof CardRow>[] = [
  ['lead_card_updated', 'updated_at'],
  ['lead_card_created', 'created_at'],
  ['lead_card_since', 'state_since'],
  ['lead_card_steward', 'steward_team', 'updated_at'],
  ['lead_card_stewarded', 'steward_team', 'lead'],
  ['lead_card_steward_created', 'steward_team', 'created_at'],
  ['lead_card_steward_since', 'steward_team', 'state_since'],
  ['lead_card_steward_score', 'steward_team', 'score_rank'],
  // What a marketing team's counts are read from alone.
  ['lead_card_steward_state', 'steward_team', 'state', 'stands_since', 'quiet_since', 'silent_from'],
  ['lead_card_steward_resume', 'steward_team', 'resume_at', 'state', 'stands_since'],
  ['lead_card_phase', 'phase', 'state_since'],
  ['lead_card_phase_updated', 'phase', 'updated_at', 'lead'],
  ['lead_card_score', 'score_rank'],
  ['lead_card_contact', 'contact'],
  // Holds all that a number of what stands is by and looks at: it is read from the index alone.
  [
    'lead_card_board',
    ...COUNTED_BY,
    'stands_day',
    'stands_since',
    'worker_updated_at',
    'quiet_since',
    'silent_from',
    'accept_by',
    'lead',
  ],
];

const SPARSE: readonly Index<keyof CardRow>[] = [
  ['lead_card_external', 'external_id', 'external_system'],
  ['lead_card_offeree', 'offeree_team', 'lead'],
  ['lead_card_backlog', 'backlog_team', 'backlog_person', 'phase'],
  ['lead_card_held', 'held_for', 'score_rank', 'state_since'],
  ['lead_card_queue', 'sales_team', 'queue_key', 'lead'],
  ['lead_card_desk', 'sales_person', 'queue_key', 'lead'],
  ['lead_card_worker', 'worker_team', 'worker_person', 'phase', 'worker_updated_at', 'lead', 'stands_since'],
  ['lead_card_stewards', 'steward_person', 'steward_team', 'stands_since'],
  ['lead_card_standing', 'stands_since', 'lead', 'stands_day'],
  ['lead_card_resume', 'resume_at'],
  ['lead_card_silent', 'silent_from'],
  ['lead_card_quiet', 'quiet_since', 'silent_from', 'lead'],
];

/** The lists of a sales team, each read in its order. */
const OF_SIGHTS: readonly Index<keyof SalesSightRow>[] = [
  ['sales_sight_updated', 'team', 'updated_at', 'lead'],
  ['sales_sight_created', 'team', 'created_at', 'lead'],
  ['sales_sight_since', 'team', 'state_since', 'lead'],
  ['sales_sight_score', 'team', 'score_rank', 'lead'],
  ['sales_sight_standing', 'team', 'stands_since', 'lead'],
  ['sales_sight_phase', 'team', 'phase', 'queue_key', 'lead'],
  ['sales_sight_queue', 'team', 'sales_team', 'queue_key', 'lead'],
  ['sales_sight_desk', 'team', 'sales_person', 'queue_key', 'lead'],
  // What counts are read from alone.
  ['sales_sight_board', 'team', 'state', 'stands_since', 'sales_team', 'sales_person'],
];

const OF_INTERVALS: readonly Index<keyof IntervalRow>[] = [
  ['owner_interval_team', 'team', 'since', 'lead', 'role', 'opened_revision'],
  ['owner_interval_person', 'person', 'since', 'lead', 'role', 'opened_revision'],
  ['owner_interval_opened', 'opened_by', 'opened_recorded_at'],
  ['owner_interval_closed', 'closed_by', 'closed_recorded_at'],
];

/** Each serves a list or a look-up; those on columns that are mostly empty hold only the rows that have them. */
export async function createLeadCardIndexes(tx: Writing): Promise<void> {
  for (const [name, ...columns] of SORTED) {
    await tx.schema.createIndex(name).on('lead_card').columns(columns).execute();
  }
  for (const [name, ...columns] of SPARSE) {
    await tx.schema.createIndex(name).on('lead_card').columns(columns).where(columns[0], 'is not', null).execute();
  }
  for (const [name, ...columns] of OF_SIGHTS) {
    await tx.schema.createIndex(name).on('sales_sight').columns(columns).execute();
  }
  for (const [name, ...columns] of OF_INTERVALS) {
    await tx.schema.createIndex(name).on('owner_interval').columns(columns).where(columns[0], 'is not', null).execute();
  }
  await tx.schema
    .createIndex('worked_cycle_missing')
    .on('worked_cycle')
    .columns(['missing', 'ended_at', 'lead', 'cycle', 'team', 'person'])
    .where('missing', '=', 1)
    .execute();
  await tx.schema
    .createIndex('contact_tally_several')
    .on('contact_tally')
    .columns(['contact', 'open_leads'])
    .where('open_leads', '>', 1)
    .execute();
}
