import type { Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { HolderRole, Holders } from './card-filter.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { readable, type Scope } from './scope.js';

/** Whether a person belongs to a team now: the team streams know. */
export type IsMember = (team: string, person: string) => boolean;

const ROLES = ['steward', 'offeree', 'worker'] as const satisfies readonly HolderRole[];

/** Who still has leads of a team that they have left. */
export class Leavers {
  private readonly db: Kysely<LeadCardTables>;

  constructor(
    database: Pick<ReadDatabase, 'reading'>,
    private readonly isMember: IsMember,
  ) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  /** Leavers by role and team, of leads within the scope of which something can still come. */
  async find(scope: Scope): Promise<readonly Holders[]> {
    const found = await Promise.all(ROLES.map((role) => this.inRole(role, scope)));
    return found.flat();
  }

  private async inRole(role: HolderRole, scope: Scope): Promise<readonly Holders[]> {
    const rows = await this.db
      .selectFrom('lead_card')
      .select([`${role}_team as team`, `${role}_person as person`])
      .distinct()
      .where(`${role}_team`, 'is not', null)
      .where(`${role}_person`, 'is not', null)
      .where('stands_since', 'is not', null)
      .where((eb) => readable(eb, scope))
      .orderBy(`${role}_team`)
      .orderBy(`${role}_person`)
      .execute();
    const gone = new Map<string, string[]>();
    for (const { team, person } of rows) {
      if (team === null || person === null || this.isMember(team, person)) continue;
      gone.set(team, [...(gone.get(team) ?? []), person]);
    }
    return [...gone].map(([team, people]) => ({ role, team, people }));
  }
}
