import type { Writing } from '../read-database/read-database.js';
import { createTable, integer, text, textOrNull, type RowOf } from '../read-database/table-shape.js';

/**
 * One row for each thing that counts, under the lead and the event that began it. Nothing is added up over leads, so
 * that the order across leads cannot matter. '' stands for none, to group by.
 */
export const OUTCOME = {
  lead: text,
  /** of the event that began it */
  revision: integer,
  /** an `OutcomeUnit` of the catalogue */
  unit: text,
  /** tag of an insight; asset of a use, of an exit it was used before, or that a loss names */
  item: text,
  cycle: integer,
  /** occurredAt of the event that began it, and its month (UTC): where it is booked */
  at: text,
  month: text,
  source: text,
  topic: text,
  campaign: text,
  segment: text,
  /** who it is booked to; person '' is the team's queue */
  team: text,
  person: text,
  steward: text,
  /** `default@2`: the segment and the version, of policy and agreement */
  policy_version: text,
  agreement_version: text,
  imported: integer,
  currency: text,
  /** of a rating its points, of a win hundredths of its currency */
  worth: integer,
  /** until when sales owed the first touch; null in imported history */
  due_at: textOrNull,
  // From here on what later events may change.
  /** offer: accepted, rejected, expired, withdrawn; pass: accepted, won; exit: won, lost, recycled, disqualified */
  result: text,
  reason: text,
  fault_domain: text,
  /** of a pass: first human touch by sales */
  touched_at: textOrNull,
  /** of a pass: when its first offer was rejected */
  rejected_at: textOrNull,
  /** of a pass: when its first offer was withdrawn, or the lead disqualified (an erased one is) */
  freed_at: textOrNull,
  rated: integer,
  /** whether a later event may still change the row */
  open: integer,
};
export type OutcomeRow = RowOf<typeof OUTCOME>;
export const OUTCOME_KEY = ['lead', 'revision', 'unit', 'item'] as const satisfies readonly (keyof OutcomeRow)[];
const CHANGING = ['result', 'reason', 'fault_domain', 'touched_at', 'rejected_at', 'freed_at', 'rated', 'open'];
export const OUTCOME_CONSTANTS = (Object.keys(OUTCOME) as (keyof OutcomeRow)[]).filter(
  (column) => !CHANGING.includes(column),
);

/** What the events of a lead mean by what came before them. */
export const OUTCOME_LEAD = {
  lead: text,
  /** of the creation */
  source: text,
  topic: text,
  campaign: text,
  segment: text,
  /** down to the sub-state, `working.contacted` */
  state: text,
  steward: text,
  offeree_team: text,
  worker_team: text,
  worker_person: text,
  /** used in the present cycle so far, by spaces */
  assets: text,
};
export type OutcomeLeadRow = RowOf<typeof OUTCOME_LEAD>;

export type OutcomeTables = { outcome: OutcomeRow; outcome_lead: OutcomeLeadRow };
export const OUTCOME_TABLES = ['outcome', 'outcome_lead'] as const satisfies readonly (keyof OutcomeTables)[];

/**
 * What numbers are by, as the index of the numbers has it: what lies together there is added up without sorting. Of
 * which there are most rows, and what has few values, is first: fewer columns are compared.
 */
export const COUNTED_BY = [
  'month',
  'item',
  'source',
  'steward',
  'topic',
  'campaign',
  'segment',
  'team',
  'person',
  'agreement_version',
  'policy_version',
  'currency',
  'reason',
  'fault_domain',
] as const satisfies readonly (keyof OutcomeRow)[];
/** What decides whether a row counts. */
const TRAITS = [
  'result',
  'imported',
  'rated',
  'due_at',
  'touched_at',
  'rejected_at',
  'freed_at',
] as const satisfies readonly (keyof OutcomeRow)[];
/** All that a number looks at, so that it is read from the index alone. */
const COUNTED = ['unit', ...COUNTED_BY, 'worth', ...TRAITS] as const satisfies readonly (keyof OutcomeRow)[];
/** The leads behind a number, in their order and each beside itself. */
const BEHIND = [
  'unit',
  'lead',
  'month',
  'source',
  ...TRAITS,
  'policy_version',
  'currency',
] as const satisfies readonly (keyof OutcomeRow)[];

export async function createOutcomeTables(tx: Writing): Promise<void> {
  await createTable(tx, 'outcome', OUTCOME, OUTCOME_KEY);
  await createTable(tx, 'outcome_lead', OUTCOME_LEAD, ['lead']);
  await tx.schema
    .createIndex('outcome_numbers')
    .on('outcome')
    .columns([...COUNTED])
    .execute();
  await tx.schema
    .createIndex('outcome_evidence')
    .on('outcome')
    .columns([...BEHIND])
    .execute();
}
