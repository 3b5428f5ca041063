import type { Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { LeadCardTables } from './lead-card-tables.js';

/** What one salesperson was offered; a member who never had an offer is not in the view. */
export interface MemberOffers {
  readonly team: string;
  readonly person: string;
  /** received so far, whatever became of them */
  readonly offers: number;
  /** recordedAt, ISO 8601 UTC */
  readonly lastOfferedAt: string;
}

export interface HeldLead {
  readonly lead: string;
  readonly score?: number;
  readonly since: string;
}

/** How much each sales team and its members have on their hands: what holding and routing decide by. */
export class SalesLoad {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  /** Leads that are offered to the team or that it works. */
  async backlog(team: string): Promise<number> {
    const { count } = await this.db
      .selectFrom('lead_card')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('backlog_team', '=', team)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /**
   * The backlog of every team that has one.
   *
   * @param without leads that are not counted; some tens at most
   */
  async backlogs(without: readonly string[] = []): Promise<ReadonlyMap<string, number>> {
    let counted = this.db
      .selectFrom('lead_card')
      .select(({ fn }) => ['backlog_team as team', fn.countAll<number>().as('count')])
      .where('backlog_team', 'is not', null)
      .groupBy('backlog_team');
    if (without.length > 0) counted = counted.where('lead', 'not in', without);
    return new Map((await counted.execute()).map(({ team, count }) => [team ?? '', Number(count)]));
  }

  /** Of every member of any team; what waits in a team's queue belongs to none of them. */
  async memberOffers(): Promise<readonly MemberOffers[]> {
    return this.db
      .selectFrom('offer_tally')
      .select(['team', 'person', 'offers', 'last_offered_at as lastOfferedAt'])
      .where('person', '<>', '')
      .execute();
  }

  /**
   * Leads held for the team's capacity, in the order of their release: by score, then by age.
   *
   * @param limit most leads; default 100
   */
  async held(team: string, limit = 100): Promise<readonly HeldLead[]> {
    const rows = await this.db
      .selectFrom('lead_card')
      .select(['lead', 'score', 'state_since'])
      .where('held_for', '=', team)
      .orderBy('score_rank', 'desc')
      .orderBy('state_since')
      .orderBy('lead')
      .limit(limit)
      .execute();
    return rows.map(({ lead, score, state_since: since }) => ({ lead, since, ...(score !== null && { score }) }));
  }
}
