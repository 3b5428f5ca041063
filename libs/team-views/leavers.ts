import type { Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import { HOLDER_ROLES, type HolderRole, type Holders } from './card-filter.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { cardsInSight, together, type Scope } from './scope.js';

export interface LeaversOf {
  readonly role?: HolderRole;
  readonly team?: string;
  readonly person?: string;
}

/** Whether a person belongs to a team now: the team streams know. */
export type IsMember = (team: string, person: string) => boolean;

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
  async find(scope: Scope, of: LeaversOf = {}): Promise<readonly Holders[]> {
    const roles = HOLDER_ROLES.filter((role) => of.role === undefined || of.role === role);
    const found = await Promise.all(roles.map((role) => this.inRole(role, scope, of)));
    return found.flat();
  }

  private async inRole(role: HolderRole, scope: Scope, of: LeaversOf): Promise<readonly Holders[]> {
    const parts = cardsInSight(this.db, scope).map((cards) =>
      cards
        .select([`${role}_team as team`, `${role}_person as person`])
        .distinct()
        .where(`${role}_team`, 'is not', null)
        .where(`${role}_person`, 'is not', null)
        .where('stands_since', 'is not', null)
        .$if(of.team !== undefined, (query) => query.where(`${role}_team`, '=', of.team ?? ''))
        .$if(of.person !== undefined, (query) => query.where(`${role}_person`, '=', of.person ?? '')),
    );
    const rows = await this.db
      .selectFrom(together(this.db, parts).as('part'))
      .select(['team', 'person'])
      .distinct()
      .orderBy('team')
      .orderBy('person')
      .execute();
    const gone = new Map<string, string[]>();
    for (const { team, person } of rows) {
      if (team === null || person === null || this.isMember(team, person)) continue;
      gone.set(team, [...(gone.get(team) ?? []), person]);
    }
    return [...gone].map(([team, people]) => ({ role, team, people }));
  }
}
