import { sql, type Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { readable, type Scope } from './scope.js';

/** A cycle that sales worked and let go of without saying how good the lead was. */
export interface MissingRating {
  readonly lead: string;
  readonly cycle: number;
  /** the last to work it: who owes the rating */
  readonly team: string;
  readonly person: string;
  /** effectiveAt, ISO 8601 UTC */
  readonly endedAt: string;
  /** `nurturing` for a recycled one */
  readonly endedAs: string;
}
/** Where the page ended: endedAt, lead and cycle. */
export type MissingCursor = readonly [endedAt: string, lead: string, cycle: number];
export interface MissingQuery {
  readonly scope: Scope;
  readonly team?: string;
  readonly person?: string;
}

/** What is chased: ratings that sales still owes, the oldest first. A merged lead can no longer be rated. */
export class MissingRatings {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  async page(
    query: MissingQuery & { readonly after?: MissingCursor; readonly limit: number },
  ): Promise<{ readonly ratings: readonly MissingRating[]; readonly next?: MissingCursor }> {
    const { after, limit } = query;
    const rows = await this.missing(query)
      .select([
        'worked_cycle.lead',
        'worked_cycle.cycle',
        'worked_cycle.team',
        'worked_cycle.person',
        'ended_at',
        'ended_as',
      ])
      .$if(after !== undefined, (further) =>
        further.where(
          sql<boolean>`(ended_at, worked_cycle.lead, worked_cycle.cycle) > (${sql.join([...(after ?? [])])})`,
        ),
      )
      .orderBy('ended_at')
      .orderBy('worked_cycle.lead')
      .orderBy('worked_cycle.cycle')
      .limit(limit + 1)
      .execute();
    const ratings = rows.slice(0, limit).map(({ ended_at, ended_as, ...row }) => ({
      ...row,
      endedAt: ended_at ?? '',
      endedAs: ended_as ?? '',
    }));
    const last = ratings.at(-1);
    return { ratings, ...(last && rows.length > limit && { next: [last.endedAt, last.lead, last.cycle] as const }) };
  }

  private missing({ scope, team, person }: MissingQuery) {
    return (
      this.db
        .selectFrom('worked_cycle')
        // As it stands in the index: a parameter would keep the database from using it.
        .where(sql<boolean>`missing = 1`)
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('lead_card')
              .select('lead_card.lead')
              .whereRef('lead_card.lead', '=', 'worked_cycle.lead')
              .where((card) => readable(card, scope)),
          ),
        )
        .$if(team !== undefined, (query) => query.where('worked_cycle.team', '=', team ?? ''))
        .$if(person !== undefined, (query) => query.where('worked_cycle.person', '=', person ?? ''))
    );
  }
}
