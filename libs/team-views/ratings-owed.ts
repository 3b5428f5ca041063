import { sql, type Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { LeadCardTables } from './lead-card-tables.js';
import type { AnsweredMetric, AskedRows, AskedUnits } from './number-source.js';
import { leadsOf, pageOfLeads } from './leads-behind.js';
import { MOST_NUMBER_ROWS, type NumberRow } from './outcome-numbers.js';
import { EVERYTHING, leadsInSight, type Scope } from './scope.js';

const OF_CARD = ['source', 'topic', 'campaign', 'steward'] as const;
const COLUMNS = [...OF_CARD, 'team', 'person'] as const;
type Column = (typeof COLUMNS)[number];

/** The catalogue's `ratings-owed`: cycles that sales worked and that can still be rated, of leads not merged. */
export class RatingsOwed implements AnsweredMetric {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  /** @param scope company-wide without */
  async rows(
    asked: Pick<AskedRows, 'by' | 'only'>,
    scope: Scope = EVERYTHING,
  ): Promise<readonly NumberRow[] | undefined> {
    const by = [...new Set(asked.by as readonly Column[])];
    const rows = await this.owed(asked, scope, by)
      .select(({ fn }) => [...by, fn.countAll<number>().as('missing')])
      .$if(by.length > 0, (query) => query.groupBy(by))
      .$call((query) => by.reduce((sorted, column) => sorted.orderBy(column), query))
      .limit(MOST_NUMBER_ROWS + 1)
      .execute();
    if (rows.length > MOST_NUMBER_ROWS) return undefined;
    return rows.map(({ missing, ...named }) => {
      const values = named as Partial<Record<Column, string | null>>;
      const of = Object.fromEntries(by.map((column) => [column, values[column] || null]));
      return { of, numerator: Number(missing), denominator: null, value: Number(missing) };
    });
  }

  evidence: AnsweredMetric['evidence'] = (asked) => {
    const { scope } = asked;
    const all = leadsOf(this.owed(asked, EVERYTHING));
    return pageOfLeads(all, scope.all ? all : leadsOf(this.owed(asked, scope)), asked);
  };

  private owed({ only }: Pick<AskedUnits, 'only'>, scope: Scope, by: readonly Column[] = []) {
    const cycles = this.db
      .selectFrom('worked_cycle')
      .select(['worked_cycle.lead as lead', 'worked_cycle.team as team', 'worked_cycle.person as person'])
      // As it stands in the index: a parameter would keep the database from using it.
      .where(sql<boolean>`missing = 1`)
      .$call((query) => (scope.all ? query : query.where('worked_cycle.lead', 'in', leadsInSight(scope))));
    const ofCard = OF_CARD.some((column) => only[column] !== undefined || by.includes(column));
    // Looked up only where something is asked of it.
    const withCards = cycles
      .innerJoin('lead_card', 'lead_card.lead', 'worked_cycle.lead')
      .select([
        'lead_card.source as source',
        'lead_card.topic as topic',
        'lead_card.campaign as campaign',
        'lead_card.steward_team as steward',
      ]);
    let owed = this.db.selectFrom((ofCard ? withCards : (cycles as typeof withCards)).as('owed'));
    for (const column of COLUMNS) {
      const value = only[column];
      if (value === undefined) continue;
      owed = value === '' ? owed.where(column, 'is', null) : owed.where(column, '=', value);
    }
    return owed;
  }
}
