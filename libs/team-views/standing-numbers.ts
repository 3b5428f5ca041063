import { sql, type Expression, type Kysely, type RawBuilder, type SqlBool } from 'kysely';
import { isoTime } from '../decider/clock.js';
import { AGE_BANDS, type StandingDimension, type StandingMetric } from '../metric-catalogue/standing-metric.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { conditions } from './card-filter.js';
import { DAY_MS, dayOf } from './card-standing.js';
import { COUNTED_BY } from './lead-card-indexes.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { leadingColumns } from './leading-columns.js';
import type { AskedEvidence, AskedRows, AskedUnits } from './number-source.js';
import { leadsOfCards, pageOfLeads } from './leads-behind.js';
import { MOST_NUMBER_ROWS, type NumberRow } from './outcome-numbers.js';
import { cardsInSight, EVERYTHING, together, type ListedCards, type Scope } from './scope.js';
import { filterHaving, type StandingMoment } from './standing-filters.js';

type Columns = Readonly<Record<Exclude<StandingDimension, 'age'>, (typeof COUNTED_BY)[number]>>;
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
    scope: Scope = EVERYTHING,
  ): Promise<readonly NumberRow[] | undefined> {
    const by = [...new Set([...(asked.by as readonly StandingDimension[]), ...metric.alwaysBy])];
    const columns = COLUMNS[metric.bookedTo];
    const others = by.filter((one) => one !== 'age');
    const beside = leadingColumns(
      COUNTED_BY,
      others.map((one) => columns[one]),
    );
    const parts = this.units(metric, asked, moment, scope).map((units) =>
      units
        .select((eb) => [
          eb.fn.countAll<number>().as('units'),
          (metric.of.length === 0
            ? sql<number>`0`
            : countWhere(eb.and(conditions(eb, filterHaving(metric.of, moment))))
          ).as('counted'),
          ...(by.includes('age')
            ? bandsAfterFirst(moment).map(([band, since]) => countWhere(isOld(since)).as(band))
            : []),
          ...beside.map((column) => sql.ref<string | null>(column).as(column)),
        ])
        .$if(beside.length > 0, (query) => query.groupBy([...beside])),
    );
    let counting = this.db
      .selectFrom(together(this.db, parts).as('part'))
      .select(({ fn }) => [
        fn.sum<number | null>('units').as('units'),
        fn.sum<number | null>('counted').as('counted'),
        ...(by.includes('age') ? bandsAfterFirst(moment).map(([band]) => fn.sum<number>(sql.ref(band)).as(band)) : []),
      ])
      .limit(MOST_NUMBER_ROWS + 1);
    for (const dimension of others) {
      const value = sql.ref(columns[dimension]);
      // None first, in either database.
      counting = counting
        .select(value.as(dimension))
        .groupBy(value)
        .orderBy(sql`coalesce(${value}, '')`);
    }
    const found = await counting.execute();
    const rows = found.map((row): NumberRow => {
      const named = row as unknown as Partial<Record<StandingDimension, string | null>>;
      const of = others.map((dimension) => [dimension, named[dimension] || null] as const);
      return { of: Object.fromEntries(of), ...numberOf(metric, Number(row.counted), Number(row.units)) };
    });
    const apart = by.includes('age') ? inBands(rows, found, by) : rows;
    return apart.length > MOST_NUMBER_ROWS ? undefined : apart;
  }

  /** The leads behind it within the scope, and how many there are outside. */
  evidence(metric: StandingMetric, asked: AskedEvidence, moment: StandingMoment) {
    const { part, scope } = asked;
    const behind = (of: Scope) =>
      leadsOfCards(
        this.db,
        this.units(metric, asked, moment, of).map((units) =>
          units.where((eb) => eb.and(conditions(eb, part === 'counted' ? filterHaving(metric.of, moment) : {}))),
        ),
      );
    const all = behind(EVERYTHING);
    return pageOfLeads(all, scope.all ? all : behind(scope), asked);
  }

  private units(
    metric: StandingMetric,
    { only }: Pick<AskedUnits, 'only'>,
    moment: StandingMoment,
    scope: Scope,
  ): readonly ListedCards[] {
    const { among, bookedTo } = metric;
    return cardsInSight(this.db, scope).map((cards) => {
      let units = cards.where((eb) => eb.and(conditions(eb, filterHaving(among, moment))));
      // Says what the state says already, so that the index of the workers' leads is used.
      if (bookedTo === 'worker') units = units.where('worker_team', 'is not', null);
      for (const [dimension, value] of Object.entries(only)) {
        const column = valueOf(metric, dimension as StandingDimension, moment);
        const wanted = dimension === 'age' ? AGE_BANDS.findIndex(({ band }) => band === value) : value;
        units = units.where(value === '' ? sql<boolean>`${column} is null` : sql<boolean>`${column} = ${wanted}`);
      }
      return units;
    });
  }
}

const countWhere = (isSo: Expression<SqlBool>) => sql<number>`count(*) filter (where ${isSo})`;

/** A column, or for `age` the place of the band among the bands. */
function valueOf(
  { bookedTo }: StandingMetric,
  dimension: StandingDimension,
  moment: StandingMoment,
): RawBuilder<string | number | null> {
  if (dimension !== 'age') return sql.ref(COLUMNS[bookedTo][dimension]);
  const since = agesAt(moment);
  const older = since.map((time, at) => sql`when ${isOld(time)} then ${sql.lit(at)}`).reverse();
  return sql`case ${sql.join(older, sql` `)} else 0 end`;
}

/** Since when a lead has stood that is as old as each band begins; the first begins with all. */
const agesAt = ({ now }: StandingMoment): readonly string[] =>
  AGE_BANDS.map(({ from }) => isoTime(now - from * DAY_MS));
/** The day decides for all but the leads of that day. */
const isOld = (since: string) => {
  const day = sql.lit(dayOf(Date.parse(since)));
  return sql<SqlBool>`(stands_day < ${day} or (stands_day = ${day} and stands_since <= ${sql.lit(since)}))`;
};
const olderThan = (band: number): string => `older_${band}`;
/** All leads are as old as the first begins. */
const bandsAfterFirst = (moment: StandingMoment): readonly (readonly [name: string, since: string])[] =>
  agesAt(moment)
    .map((since, at) => [olderThan(at), since] as const)
    .slice(1);

type Named = Readonly<Partial<Record<StandingDimension, string | null>>>;
type Ages = Readonly<Partial<Record<string, number>>>;

/** Each row apart by its bands, in the order of the dimensions; of numbers that are counts. */
function inBands(
  rows: readonly NumberRow[],
  found: readonly Ages[],
  by: readonly StandingDimension[],
): readonly NumberRow[] {
  const before = by.slice(0, by.indexOf('age'));
  let group = -1;
  let last: string | undefined;
  const placed = rows.flatMap((row, at) => {
    const of: Named = row.of;
    // Rows come in the order of the other dimensions: those before the age stay as they are.
    const key = JSON.stringify(before.map((dimension) => of[dimension]));
    if (key !== last) group += 1;
    last = key;
    return AGE_BANDS.flatMap(({ band }, place) => {
      // What is younger than the first band begins is in it as well: another clock's.
      const from = place === 0 ? Number(row.numerator) : olderAt(found[at], place);
      const units = from - olderAt(found[at], place + 1);
      const named: Named = { ...of, age: band };
      const ordered = Object.fromEntries(by.map((dimension) => [dimension, named[dimension] ?? null]));
      const apart = { of: ordered, numerator: units, denominator: null, value: units };
      return units === 0 ? [] : [{ row: apart, group, place }];
    });
  });
  return placed.sort((a, b) => a.group - b.group || a.place - b.place).map(({ row }) => row);
}

const olderAt = (ages: Ages | undefined, band: number): number => Number(ages?.[olderThan(band)] ?? 0);

function numberOf({ kind }: StandingMetric, counted: number, units: number): Omit<NumberRow, 'of'> {
  if (kind === 'count') return { numerator: units, denominator: null, value: units };
  return { numerator: counted, denominator: units, value: units === 0 ? null : counted / units };
}
