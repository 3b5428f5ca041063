import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { OutcomeDimension, OutcomeTrait } from '../metric-catalogue/outcome-metric.js';
import type { OutcomeRow } from './outcome-tables.js';

/** The column that each dimension is of. */
export const DIMENSION_COLUMNS = {
  month: 'month',
  source: 'source',
  topic: 'topic',
  campaign: 'campaign',
  segment: 'segment',
  team: 'team',
  person: 'person',
  steward: 'steward',
  reason: 'reason',
  faultDomain: 'fault_domain',
  policyVersion: 'policy_version',
  agreementVersion: 'agreement_version',
  tag: 'item',
  asset: 'item',
  currency: 'currency',
} as const satisfies Record<OutcomeDimension, keyof OutcomeRow>;

const touchedInTime = sql<SqlBool>`(touched_at is not null and touched_at <= due_at)`;
const rejectedInTime = sql<SqlBool>`(rejected_at is not null and rejected_at <= due_at and not ${touchedInTime})`;
const freedInTime = sql<SqlBool>`(freed_at is not null and freed_at <= due_at and not ${touchedInTime})`;

/**
 * The traits of the catalogue as conditions on `outcome`, never null.
 *
 * @param asOf ISO time up to which due times are over
 */
function condition(trait: OutcomeTrait, asOf: string): RawBuilder<SqlBool> {
  const conditions: Record<OutcomeTrait, RawBuilder<SqlBool>> = {
    accepted: sql`result in ('accepted', 'won')`,
    rejected: sql`result = 'rejected'`,
    won: sql`result = 'won'`,
    lost: sql`result = 'lost'`,
    decided: sql`result in ('won', 'lost')`,
    unrated: sql`rated = 0`,
    live: sql`imported = 0`,
    'by-policy': sql`policy_version <> ''`,
    valued: sql`currency <> ''`,
    due: sql`(due_at is not null and due_at <= ${asOf})`,
    owed: sql`not ${freedInTime}`,
    'touched-in-time': touchedInTime,
    'rejected-in-time': rejectedInTime,
    'not-rejected-in-time': sql`not ${rejectedInTime}`,
  };
  return conditions[trait];
}

/** All of the traits; true where there are none. */
export function having(traits: readonly OutcomeTrait[], asOf: string): RawBuilder<SqlBool> {
  if (traits.length === 0) return sql`1 = 1`;
  return sql`(${sql.join(
    traits.map((trait) => condition(trait, asOf)),
    sql` and `,
  )})`;
}
