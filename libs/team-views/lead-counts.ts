import type { Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import { conditions, type CardFilter } from './card-filter.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { cardsInSight, together, type Scope } from './scope.js';

export interface StateCount {
  /** with the sub-state */
  readonly state: string;
  readonly leads: number;
  /** since when the longest of them stands there; absent where nothing more is to come of them */
  readonly oldestSince?: string;
}

/** How many leads stand where: the catalogue's `leads-in-state`, of the leads within the scope alone. */
export class LeadCounts {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  /** In ascending order of states; one without leads is not listed. */
  async byState(scope: Scope, filter: CardFilter = {}): Promise<readonly StateCount[]> {
    const parts = cardsInSight(this.db, scope).map((cards) =>
      cards
        .select(({ fn }) => ['state', fn.countAll<number>().as('leads'), fn.min('stands_since').as('since')])
        .where((eb) => eb.and(conditions(eb, filter)))
        .groupBy('state'),
    );
    const rows = await this.db
      .selectFrom(together(this.db, parts).as('part'))
      .select(({ fn }) => ['state', fn.sum<number>('leads').as('leads'), fn.min('since').as('since')])
      .groupBy('state')
      .orderBy('state')
      .execute();
    return rows.map(({ state, leads, since }) => ({
      state,
      leads: Number(leads),
      ...(since !== null && { oldestSince: since }),
    }));
  }
}
