import { sql, type Kysely, type RawBuilder } from 'kysely';
import { isoTime } from '../decider/clock.js';
import { AGE_BANDS, type StandingDimension, type StandingMetric } from '../metric-catalogue/standing-metric.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { conditions, type OnCard } from './card-filter.js';
import { DAY_MS } from './card-standing.js';
import type { CardRow, LeadCardTables } from './lead-card-tables.js';
import type { AskedEvidence, AskedRows, AskedUnits } from './number-source.js';
import { pageOfLeads } from './outcome-evidence.js';
import { MOST_NUMBER_ROWS, type NumberRow } from './outcome-numbers.js';
import { readable, type Scope } from './scope.js';
import { filterHaving, type StandingMoment } from './standing-filters.js';

type Columns = Readonly<Record<Exclude<StandingDimension, 'age'>, keyof CardRow>>;
const QUEUE: Columns = {
  state: 'state',
  phase: 'phase',
  source: 'source',
  topic: 'topic',
  campaign: 'campaign',
  steward: 'steward_team',
  stewardPerson: 'steward_person',
  team: 'sales_team',
  person: 'sales_person',
};
const COLUMNS = { queue: QUEUE, worker: { ...QUEUE, team: 'worker_team', person: 'worker_person' } as Columns };

/** The catalogue's numbers over leads as they stand: company-wide, or of those alone that a scope lets see. */
export class StandingNumbers {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  /**
   * In ascending order of the dimensions, in the order asked for.
   *
   * @param scope company-wide without
   * @returns undefined where there are more than `MOST_NUMBER_ROWS`
   */
  async rows(
    metric: StandingMetric,
    asked: Pick<AskedRows, 'by' | 'only'>,
    moment: StandingMoment,
    scope?: Scope,
  ): Promise<readonly NumberRow[] | undefined> {
    const by = [...new Set([...(asked.by as readonly StandingDimension[]), ...metric.alwaysBy])];
    let counting = this.units(metric, asked, moment, scope)
      .select((eb) => [
        eb.fn.countAll<number>().as('units'),
        eb.fn
          .sum<number | null>(
            eb
              .case()
              .when(eb.and(conditions(eb, filterHaving(metric.of, moment))))
              .then(1)
              .else(0)
              .end(),
          )
          .as('counted'),
      ])
      .limit(MOST_NUMBER_ROWS + 1);
    for (const dimension of by) {
      const value = valueOf(metric, dimension, moment);
      counting = counting.select(value.as(dimension)).groupBy(value).orderBy(value);
    }
    const rows = await counting.execute();
    if (rows.length > MOST_NUMBER_ROWS) return undefined;
    return rows.map((row) => {
      const named = row as unknown as Partial<Record<StandingDimension, string | number | null>>;
      const of = by.map((dimension) => [dimension, shown(dimension, named[dimension] ?? null)] as const);
      return {
        of: Object.fromEntries(of),
        ...numberOf(metric, Number(row.counted), Number(row.units)),
      };
    });
  }

  /** The leads behind it within the scope, and how many there are outside. */
  evidence(metric: StandingMetric, asked: AskedEvidence, moment: StandingMoment) {
    const { part, scope } = asked;
    const behind = (of?: Scope) =>
      this.units(metric, asked, moment, of).where((eb) =>
        eb.and(conditions(eb, part === 'counted' ? filterHaving(metric.of, moment) : {})),
      );
    const all = behind();
    return pageOfLeads(all, scope.all ? all : behind(scope), asked);
  }

  private units(metric: StandingMetric, { only }: Pick<AskedUnits, 'only'>, moment: StandingMoment, scope?: Scope) {
    const { among, bookedTo } = metric;
    let units = this.db
      .selectFrom('lead_card')
      .where((eb) => eb.and([...conditions(eb, filterHaving(among, moment)), ...inScope(eb, scope)]));
    // Says what the state says already, so that the index of the workers' leads is used.
    if (bookedTo === 'worker') units = units.where('worker_team', 'is not', null);
    for (const [dimension, value] of Object.entries(only)) {
      const column = valueOf(metric, dimension as StandingDimension, moment);
      const wanted = dimension === 'age' ? AGE_BANDS.findIndex(({ band }) => band === value) : value;
      units = units.where(value === '' ? sql<boolean>`${column} is null` : sql<boolean>`${column} = ${wanted}`);
    }
    return units;
  }
}

const inScope = (eb: OnCard, scope: Scope | undefined) => (scope === undefined ? [] : [readable(eb, scope)]);

/** A column, or for `age` the place of the band among the bands. */
function valueOf(
  { bookedTo }: StandingMetric,
  dimension: StandingDimension,
  { now }: StandingMoment,
): RawBuilder<string | number | null> {
  if (dimension !== 'age') return sql.ref(COLUMNS[bookedTo][dimension]);
  const older = AGE_BANDS.map(({ from }, place) => ({ place, since: isoTime(now - from * DAY_MS) }))
    .slice(1)
    .reverse();
  const cases = older.map(({ place, since }) => sql`when stands_since <= ${sql.lit(since)} then ${sql.lit(place)}`);
  return sql`case ${sql.join(cases, sql` `)} else 0 end`;
}

const shown = (dimension: StandingDimension, value: string | number | null): string | null =>
  dimension === 'age' ? (AGE_BANDS[Number(value)]?.band ?? null) : value === '' ? null : (value as string | null);

function numberOf({ kind }: StandingMetric, counted: number, units: number): Omit<NumberRow, 'of'> {
  if (kind === 'count') return { numerator: units, denominator: null, value: units };
  return { numerator: counted, denominator: units, value: units === 0 ? null : counted / units };
}
