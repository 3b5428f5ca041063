import type { Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { LeadCardTables } from './lead-card-tables.js';

/** What one salesperson was offered and has; a member who never had an offer is not in the view. */
export interface MemberLoad {
  readonly person: string;
  /** offers received so far, whatever became of them */
  readonly offers: number;
  /** recordedAt, ISO 8601 UTC */
  readonly lastOfferedAt?: string;
  /** offered to or worked by them now */
  readonly openLeads: number;
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

  /** When each member of any team was offered a lead last (recordedAt); who never was is not among them. */
  async lastOffers(): Promise<readonly { readonly team: string; readonly person: string; readonly at: string }[]> {
    return this.db.selectFrom('offer_tally').select(['team', 'person', 'last_offered_at as at']).execute();
  }

  /** In ascending order of persons; what waits in the team's queue belongs to none of them. */
  async members(team: string): Promise<readonly MemberLoad[]> {
    const tallies = await this.db.selectFrom('offer_tally').selectAll().where('team', '=', team).execute();
    const open = await this.db
      .selectFrom('lead_card')
      .select(({ fn }) => ['backlog_person as person', fn.countAll<number>().as('count')])
      .where('backlog_team', '=', team)
      .groupBy('backlog_person')
      .execute();
    const openOf = new Map(open.map(({ person, count }) => [person ?? '', Number(count)]));
    const tallyOf = new Map(tallies.map((tally) => [tally.person, tally]));
    const people = [...new Set([...openOf.keys(), ...tallyOf.keys()])].filter((person) => person !== '').sort();
    return people.map((person) => {
      const tally = tallyOf.get(person);
      return {
        person,
        offers: tally?.offers ?? 0,
        ...(tally && { lastOfferedAt: tally.last_offered_at }),
        openLeads: openOf.get(person) ?? 0,
      };
    });
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
