import type { Kysely } from 'kysely';
import { isCountMetric, noCounts, ratesOf, type Counts, type Rates } from '../metric-catalogue/counting.js';
import type { FunnelDimension } from '../metric-catalogue/metric.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { FunnelTables } from './funnel-tables.js';

export interface FunnelQuery {
  /** what the rows are apart by; none: one row over all */
  readonly by: readonly FunnelDimension[];
  /** only these; months as `2026-03`, from and to inclusive */
  readonly source?: string;
  readonly topic?: string;
  readonly campaign?: string;
  readonly fromMonth?: string;
  readonly toMonth?: string;
}

export interface FunnelRow {
  /** the dimensions asked for; campaign null for none */
  readonly of: Partial<Record<FunnelDimension, string | null>>;
  readonly counts: Counts;
  readonly rates: Rates;
}

/** What became of the leads, by where and when they came from: the same numbers for everybody who asks. */
export class Funnel {
  private readonly db: Kysely<FunnelTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<FunnelTables>();
  }

  /** In ascending order of the dimensions, in the order asked for. */
  async rows({ by, source, topic, campaign, fromMonth, toMonth }: FunnelQuery): Promise<readonly FunnelRow[]> {
    let query = this.db
      .selectFrom('funnel_count')
      .select([...by, 'metric'])
      .select(({ fn }) => fn.sum<number>('count').as('total'))
      .groupBy([...by, 'metric']);
    if (source !== undefined) query = query.where('source', '=', source);
    if (topic !== undefined) query = query.where('topic', '=', topic);
    if (campaign !== undefined) query = query.where('campaign', '=', campaign);
    if (fromMonth !== undefined) query = query.where('month', '>=', fromMonth);
    if (toMonth !== undefined) query = query.where('month', '<=', toMonth);
    for (const dimension of by) query = query.orderBy(dimension);
    const rows = new Map<string, { of: FunnelRow['of']; counts: ReturnType<typeof noCounts> }>();
    for (const found of await query.execute()) {
      const key = by.map((dimension) => found[dimension]).join(' ');
      const row = rows.get(key) ?? { of: dimensionsOf(by, found), counts: noCounts() };
      if (isCountMetric(found.metric)) row.counts[found.metric] = Number(found.total);
      rows.set(key, row);
    }
    return [...rows.values()].map(({ of, counts }) => ({ of, counts, rates: ratesOf(counts) }));
  }
}

function dimensionsOf(
  by: readonly FunnelDimension[],
  found: Partial<Record<FunnelDimension, string>>,
): FunnelRow['of'] {
  return Object.fromEntries(by.map((dimension) => [dimension, found[dimension] || null]));
}
