import { sql, type Kysely, type SelectQueryBuilder, type SqlBool } from 'kysely';
import type { FunnelDimension, Metric } from '../metric-catalogue/metric.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { Funnel, FunnelRow } from './funnel.js';
import type { FunnelTables } from './funnel-tables.js';
import { MOST_NUMBER_ROWS, type NumberRow } from './outcome-numbers.js';
import type { AnsweredMetric, AskedEvidence, AskedRows, AskedUnits } from './number-source.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { pageOfRows } from './leads-behind.js';

/** The funnel's numbers one by one, with the leads behind each. */
export class FunnelNumbers {
  private readonly db: Kysely<FunnelTables>;
  private readonly cards: Kysely<LeadCardTables>;

  constructor(
    database: Pick<ReadDatabase, 'reading'>,
    private readonly funnel: Funnel,
  ) {
    this.db = database.reading.withTables<FunnelTables>();
    this.cards = database.reading.withTables<LeadCardTables>();
  }

  of(metric: Metric): AnsweredMetric {
    return {
      rows: (asked) => this.rows(metric, asked),
      evidence: (asked) => this.evidence(metric, asked),
    };
  }

  private async rows(metric: Metric, asked: AskedRows): Promise<readonly NumberRow[] | undefined> {
    const by = [...new Set(asked.by as readonly FunnelDimension[])];
    const { source, topic, campaign } = asked.only;
    const [fromMonth, toMonth] = monthsOf(asked);
    const rows = await this.funnel.rows({
      by,
      ...(source !== undefined && { source }),
      ...(topic !== undefined && { topic }),
      ...(campaign !== undefined && { campaign }),
      ...(fromMonth !== undefined && { fromMonth }),
      ...(toMonth !== undefined && { toMonth }),
    });
    if (rows.length > MOST_NUMBER_ROWS) return undefined;
    if (rows.length === 0 && by.length === 0) return [{ of: {}, ...numberOf(metric, undefined) }];
    return rows.map((row) => ({ of: row.of, ...numberOf(metric, row) }));
  }

  private evidence(metric: Metric, asked: AskedEvidence) {
    const { part } = asked;
    const counted = metric.kind === 'count' ? metric.id : part === 'counted' ? metric.of : metric.over;
    const reached = part === 'apart' ? '' : `% ${counted} %`;
    const rows = only(this.db.selectFrom('funnel_lead').where('reached', 'like', reached), asked);
    const total = () => (part === 'apart' ? Promise.resolve(0) : this.leads(counted, asked));
    return pageOfRows(this.cards, rows, 'funnel_lead', { ...asked, once: true, total });
  }

  /** How many leads were counted in a metric. */
  private async leads(metric: string, asked: AskedUnits): Promise<number> {
    const { leads } = await only(this.db.selectFrom('funnel_count').where('metric', '=', metric), asked)
      .select(({ fn }) => fn.sum<number | null>('leads').as('leads'))
      .executeTakeFirstOrThrow();
    return Number(leads);
  }
}

type Booked = 'funnel_lead' | 'funnel_count';

function only<Table extends Booked, Row>(
  rows: SelectQueryBuilder<FunnelTables, Table, Row>,
  asked: AskedUnits,
): SelectQueryBuilder<FunnelTables, Table, Row> {
  const [fromMonth, toMonth] = monthsOf(asked);
  const { source, topic, campaign } = asked.only;
  const asks = [
    ['source', '=', source],
    ['topic', '=', topic],
    ['campaign', '=', campaign],
    ['month', '>=', fromMonth],
    ['month', '<=', toMonth],
  ] as const;
  return asks.reduce(
    (found, [column, is, value]) =>
      value === undefined ? found : found.where(sql<SqlBool>`${sql.ref(column)} ${sql.raw(is)} ${value}`),
    rows,
  );
}

/** The later beginning and the earlier end, of those that were given. */
function monthsOf({ only, fromMonth, toMonth }: AskedUnits): readonly [string | undefined, string | undefined] {
  const { month } = only;
  const given = (...months: (string | undefined)[]) => months.filter((one) => one !== undefined).sort();
  return [given(month, fromMonth).at(-1), given(month, toMonth)[0]];
}

function numberOf(metric: Metric, row: FunnelRow | undefined): Omit<NumberRow, 'of'> {
  const counts: Readonly<Record<string, number>> = row?.counts ?? {};
  if (metric.kind === 'count') {
    const count = counts[metric.id] ?? 0;
    return { numerator: count, denominator: null, value: count };
  }
  const [numerator, denominator] = [counts[metric.of] ?? 0, counts[metric.over] ?? 0];
  return { numerator, denominator, value: denominator === 0 ? null : numerator / denominator };
}
