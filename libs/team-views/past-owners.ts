import { sql, type Kysely } from 'kysely';
import type { Role } from '../decider/decision.js';
import { OWNER_ROLES, ownersAt, type Interval, type Ownership } from '../lead-lifecycle/ownership.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { OwnerRole } from './current-owners.js';
import { intervalOf, type By, type OwnerInterval } from './lead-card.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { readable, type Scope } from './scope.js';

/** Who had the lead at an instant, each with the interval as it is known today. */
export type OwnersThen = Partial<Record<OwnerRole, OwnerInterval>>;

/** `happened`: by all that is known today; `known`: by what was recorded at that very instant. */
export type PastAs = 'happened' | 'known';

export interface HeldInterval extends OwnerInterval {
  readonly lead: string;
}

export interface HeldQuery {
  readonly scope: Scope;
  readonly team?: string;
  readonly person?: string;
  readonly role?: OwnerRole;
  /** effective time, ISO 8601 UTC: held at some instant of [from, to) */
  readonly from?: string;
  readonly to?: string;
  readonly after?: HeldCursor;
  readonly limit: number;
}
/** Where the page ended: since, lead, role and revision of the last interval. */
export type HeldCursor = readonly [since: string, lead: string, role: string, revision: number];

/** From the views' intervals, by the lifecycle's own rule of who had a lead when. */
export function ownersThen(intervals: readonly OwnerInterval[], at: string, as: PastAs): OwnersThen {
  const then = ownersAt(ownershipFrom(intervals), at, as);
  const found = intervals.filter(({ role, revision }) => then[role]?.revision === revision);
  return Object.fromEntries(found.map((interval) => [interval.role, interval]));
}

function ownershipFrom(intervals: readonly OwnerInterval[]): Ownership {
  const trail = (wanted: OwnerRole): readonly Interval[] =>
    intervals
      .filter(({ role }) => role === wanted)
      .map(({ team, person, since, recordedAt, revision, by, reason, ended }) => ({
        owner: { team, ...(person !== undefined && { person }) },
        from: since,
        knownFrom: recordedAt,
        revision,
        by: actorOf(by),
        ...(reason !== undefined && { reasonCode: reason }),
        ...(ended && { until: ended.until, knownUntil: ended.recordedAt }),
      }));
  return Object.fromEntries(OWNER_ROLES.map((role) => [role, trail(role)])) as unknown as Ownership;
}

const actorOf = ({ id, kind, role }: By): Interval['by'] => ({
  id,
  kind: kind as Interval['by']['kind'],
  role: role as Role,
});

/** What teams and people ever had, from when to when. */
export class PastOwners {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  /** Everything that a team or a person had in a period, by its beginning. What lasted no time at all nobody had. */
  async held(query: HeldQuery): Promise<{ readonly intervals: readonly HeldInterval[]; readonly next?: HeldCursor }> {
    const { scope, team, person, role, from, to, after, limit } = query;
    const rows = await this.db
      .selectFrom('owner_interval')
      .selectAll()
      .$if(team !== undefined, (q) => q.where('team', '=', team ?? ''))
      .$if(person !== undefined, (q) => q.where('person', '=', person ?? ''))
      .$if(role !== undefined, (q) => q.where('role', '=', role ?? ''))
      .$if(to !== undefined, (q) => q.where('since', '<', to ?? ''))
      .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', eb.ref('since'))]))
      .$if(from !== undefined, (q) => q.where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', from ?? '')])))
      .$if(after !== undefined, (q) =>
        q.where(sql<boolean>`(since, lead, role, opened_revision) > (${sql.join([...(after ?? [])])})`),
      )
      .$if(scope.all !== true, (q) =>
        q.where('lead', 'in', (eb) =>
          eb
            .selectFrom('lead_card')
            .select('lead_card.lead')
            .where((card) => readable(card, scope)),
        ),
      )
      .orderBy('since')
      .orderBy('lead')
      .orderBy('role')
      .orderBy('opened_revision')
      .limit(limit + 1)
      .execute();
    const intervals = rows.slice(0, limit).map((row) => ({ lead: row.lead, ...intervalOf(row) }));
    const last = intervals.at(-1);
    const next = last && rows.length > limit && ([last.since, last.lead, last.role, last.revision] as const);
    return { intervals, ...(next && { next }) };
  }
}
