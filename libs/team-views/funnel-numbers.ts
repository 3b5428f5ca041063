import { type Kysely } from 'kysely';
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
    const rows = this.behind(asked, part === 'apart' ? undefined : counted);
    return pageOfRows(this.cards, rows, 'funnel_lead', { ...asked, once: true });
  }

  /** Leads that were counted in a metric; none where it is undefined. */
  private behind(asked: AskedUnits, metric: string | undefined) {
    const [fromMonth, toMonth] = monthsOf(asked);
    const { source, topic, campaign } = asked.only;
    return this.db
      .selectFrom('funnel_lead')
      .where('reached', 'like', metric === undefined ? '' : `% ${metric} %`)
      .$if(source !== undefined, (query) => query.where('source', '=', source ?? ''))
      .$if(topic !== undefined, (query) => query.where('topic', '=', topic ?? ''))
      .$if(campaign !== undefined, (query) => query.where('campaign', '=', campaign ?? ''))
      .$if(fromMonth !== undefined, (query) => query.where('month', '>=', fromMonth ?? ''))
      .$if(toMonth !== undefined, (query) => query.where('month', '<=', toMonth ?? ''));
  }
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
