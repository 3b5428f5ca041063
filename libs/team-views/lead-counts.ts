import type { Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import { conditions, type CardFilter } from './card-filter.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { readable, type Scope } from './scope.js';

export interface StateCount {
  /** with the sub-state */
  readonly state: string;
  readonly leads: number;
  /** since when the longest of them stands there; absent where nothing more is to come of them */
  readonly oldestSince?: string;
}

/** How a worker keeps the leads that are being worked up to date. */
export interface WorkerHygiene {
  readonly team: string;
  readonly person: string;
  /** in working or opportunity now */
  readonly open: number;
  /** of these, updated by the worker, or received, within the agreed days */
  readonly updated: number;
  /** updated ÷ open */
  readonly share: number;
}

/** How many leads stand where, counted within the scope alone. */
export class LeadCounts {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  /** In ascending order of states; one without leads is not listed. */
  async byState(scope: Scope, filter: CardFilter = {}): Promise<readonly StateCount[]> {
    const rows = await this.db
      .selectFrom('lead_card')
      .select(({ fn }) => ['state', fn.countAll<number>().as('leads'), fn.min('stands_since').as('since')])
      .where((eb) => eb.and([readable(eb, scope), ...conditions(eb, filter)]))
      .groupBy('state')
      .orderBy('state')
      .execute();
    return rows.map(({ state, leads, since }) => ({
      state,
      leads: Number(leads),
      ...(since !== null && { oldestSince: since }),
    }));
  }

  /**
   * Every worker who has open leads, by team and person.
   *
   * @param since an update at this time or later counts (ISO 8601 UTC)
   */
  async hygiene(
    scope: Scope,
    since: string,
    of: { readonly team?: string; readonly person?: string } = {},
  ): Promise<readonly WorkerHygiene[]> {
    const { team, person } = of;
    const rows = await this.db
      .selectFrom('lead_card')
      .select(({ fn, eb }) => [
        'worker_team as team',
        'worker_person as person',
        fn.countAll<number>().as('open'),
        fn.sum<number>(eb.case().when('worker_updated_at', '>=', since).then(1).else(0).end()).as('updated'),
      ])
      .where((eb) => readable(eb, scope))
      .where('worker_team', 'is not', null)
      .where('phase', 'in', ['working', 'opportunity'])
      .$if(team !== undefined, (query) => query.where('worker_team', '=', team ?? ''))
      .$if(person !== undefined, (query) => query.where('worker_person', '=', person ?? ''))
      .groupBy(['worker_team', 'worker_person'])
      .orderBy('worker_team')
      .orderBy('worker_person')
      .execute();
    return rows.map((row) => {
      const [open, updated] = [Number(row.open), Number(row.updated)];
      return { team: row.team ?? '', person: row.person ?? '', open, updated, share: updated / open };
    });
  }
}
