import { sql, type Kysely } from 'kysely';
import type { FunnelDimension } from '../metric-catalogue/metric.js';
import type { OutcomeDimension, OutcomeMetric, OutcomeTrait } from '../metric-catalogue/outcome-metric.js';
import type { StandingDimension } from '../metric-catalogue/standing-metric.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { leadingColumns } from './leading-columns.js';
import { COUNTED_BY, type OutcomeTables } from './outcome-tables.js';
import { DIMENSION_COLUMNS, having } from './outcome-traits.js';

/** Rows of one answer: who needs more asks by fewer dimensions, or for a shorter time. */
export const MOST_NUMBER_ROWS = 2_000;
const HUNDREDTHS = 100;

/** Which units: months as `2026-03`, from and to inclusive; of each dimension one value, '' for none. */
export interface OutcomeFilter {
  readonly fromMonth?: string;
  readonly toMonth?: string;
  readonly only: Partial<Record<OutcomeDimension, string>>;
  /** ISO time up to which due times are over */
  readonly asOf: string;
}

export interface NumbersQuery extends OutcomeFilter {
  readonly metric: OutcomeMetric;
  /** dimensions that the metric has; what it is always by is added */
  readonly by: readonly OutcomeDimension[];
}

type NumberDimension = FunnelDimension | OutcomeDimension | StandingDimension;

export interface NumberRow {
  /** the dimensions that the rows are apart by; null for none */
  readonly of: Partial<Record<NumberDimension, string | null>>;
  /** of a share the units that have it; else what is counted or added up, money in units of its currency */
  readonly numerator: number;
  /** the units that it is over; null where the number is a count */
  readonly denominator: number | null;
  /** null where there is nothing to divide by */
  readonly value: number | null;
  /** units in neither, for metrics that count some apart */
  readonly apart?: number;
}

/** The catalogue's numbers over what became of leads: company-wide, the same for everybody who asks. */
export class OutcomeNumbers {
  private readonly db: Kysely<OutcomeTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<OutcomeTables>();
  }

  /**
   * In ascending order of the dimensions, in the order asked for.
   *
   * @returns undefined where there are more than `MOST_NUMBER_ROWS`
   */
  async rows(query: NumbersQuery): Promise<readonly NumberRow[] | undefined> {
    const { metric, asOf } = query;
    const by = [...new Set([...query.by, ...metric.alwaysBy])];
    // What all that is read has is asked of no row again.
    const asked = without(metric.among, sharedBy(metric));
    const apart = without(metric.apart, sharedBy(metric));
    const counted = [...asked, ...metric.of];
    const isOfWorth = metric.kind === 'average' || metric.kind === 'sum';
    const beside = leadingColumns(
      COUNTED_BY,
      by.map((one) => DIMENSION_COLUMNS[one]),
    );
    const parts = unitsOf(this.db, query)
      .select([
        (isOfWorth ? sql<number | null>`sum(worth)${where(counted, asOf)}` : countOf(counted, asOf)).as('counted'),
        (metric.kind === 'count' ? NOT_ASKED : countOf(asked, asOf)).as('units'),
        (metric.apart.length === 0 ? NOT_ASKED : countOf(apart, asOf)).as('apart'),
        ...beside.map((column) => sql.ref<string>(column).as(column)),
      ])
      .$if(beside.length > 0, (query) => query.groupBy([...beside]));
    let counting = this.db
      .selectFrom(parts.as('part'))
      .select(({ fn }) => [
        fn.sum<number | null>('counted').as('counted'),
        fn.sum<number | null>('units').as('units'),
        fn.sum<number | null>('apart').as('apart'),
      ])
      .limit(MOST_NUMBER_ROWS + 1);
    for (const dimension of by) {
      const column = sql.ref<string>(DIMENSION_COLUMNS[dimension]);
      counting = counting.select(column.as(dimension)).groupBy(column).orderBy(column);
    }
    const rows = await counting.execute();
    if (rows.length > MOST_NUMBER_ROWS) return undefined;
    return rows.map((row) => {
      const named = row as Partial<Record<OutcomeDimension, string>>;
      const of = Object.fromEntries(by.map((dimension) => [dimension, named[dimension] || null]));
      return { of, ...numberOf(metric, Number(row.counted), Number(row.units), Number(row.apart)) };
    });
  }
}

const NOT_ASKED = sql<number>`0`;
const countOf = (traits: readonly OutcomeTrait[], asOf: string) => sql<number>`count(*)${where(traits, asOf)}`;

/** Of an aggregate: where there is nothing to ask it is not asked of each row. */
const where = (traits: readonly OutcomeTrait[], asOf: string) =>
  traits.length === 0 ? sql`` : sql` filter (where ${having(traits, asOf)})`;

/** The rows of `outcome` that a metric is about, those it counts apart included. */
export function unitsOf(db: Kysely<OutcomeTables>, query: OutcomeFilter & { readonly metric: OutcomeMetric }) {
  const { metric, fromMonth, toMonth, only, asOf } = query;
  const shared = sharedBy(metric);
  let units = db.selectFrom('outcome').where('unit', '=', metric.unit).where(having(shared, asOf));
  if (metric.apart.length > 0) {
    const [among, apart] = [without(metric.among, shared), without(metric.apart, shared)];
    units = units.where(sql<boolean>`(${having(among, asOf)} or ${having(apart, asOf)})`);
  }
  if (fromMonth !== undefined) units = units.where('month', '>=', fromMonth);
  if (toMonth !== undefined) units = units.where('month', '<=', toMonth);
  for (const [dimension, value] of Object.entries(only)) {
    units = units.where(DIMENSION_COLUMNS[dimension as OutcomeDimension], '=', value);
  }
  return units;
}

/** What the units have and those that are counted apart. */
const sharedBy = ({ among, apart }: OutcomeMetric): readonly OutcomeTrait[] =>
  apart.length === 0 ? among : among.filter((trait) => apart.includes(trait));
const without = (traits: readonly OutcomeTrait[], some: readonly OutcomeTrait[]): readonly OutcomeTrait[] =>
  traits.filter((trait) => !some.includes(trait));

function numberOf(metric: OutcomeMetric, counted: number, units: number, apart: number): Omit<NumberRow, 'of'> {
  const beside = metric.apart.length > 0 ? { apart } : {};
  switch (metric.kind) {
    case 'count':
      return { numerator: counted, denominator: null, value: counted };
    case 'sum':
      return { numerator: counted / HUNDREDTHS, denominator: units, value: counted / HUNDREDTHS };
    case 'share':
    case 'average':
      return { numerator: counted, denominator: units, value: units === 0 ? null : counted / units, ...beside };
  }
}
