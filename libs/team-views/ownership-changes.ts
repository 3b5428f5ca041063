import { sql, type Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { OwnerRole } from './current-owners.js';
import type { IntervalRow, LeadCardTables } from './lead-card-tables.js';
import { readable, type Scope } from './scope.js';

interface Holder {
  readonly team: string;
  readonly person?: string;
}

/** What one event changed of who has a lead. */
export interface OwnershipChange {
  readonly lead: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly effectiveAt: string;
  readonly reason?: string;
  readonly changed: readonly { readonly role: OwnerRole; readonly from: Holder | null; readonly to: Holder | null }[];
}

/** Where the page ended: recordedAt, lead and revision of the last change. */
export type ChangeCursor = readonly [recordedAt: string, lead: string, revision: number];

export interface ChangesQuery {
  readonly scope: Scope;
  /** the id in the events: a person's, a service's or a rule's */
  readonly actor: string;
  /** recordedAt, ISO 8601 UTC: in [from, to) */
  readonly from?: string;
  readonly to?: string;
  readonly after?: ChangeCursor;
  readonly limit: number;
}

interface Place {
  readonly lead: string;
  readonly revision: number | null;
  readonly recorded_at: string | null;
}

/** Who gave leads to whom, by the one who did it. */
export class OwnershipChanges {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  /** In the order in which they were recorded. */
  async by(
    query: ChangesQuery,
  ): Promise<{ readonly changes: readonly OwnershipChange[]; readonly next?: ChangeCursor }> {
    const { limit } = query;
    // An event opens intervals, closes some, or both: each of the two has an index by its actor.
    const places = await this.places(query, 'opened')
      .union(this.places(query, 'closed'))
      .orderBy('recorded_at')
      .orderBy('lead')
      .orderBy('revision')
      .limit(limit + 1)
      .execute();
    const shown = places.slice(0, limit);
    const intervals = await this.intervalsOf(shown.map(({ lead }) => lead));
    const changes = shown.map((place) => changeAt(place, intervals.get(place.lead) ?? []));
    const last = changes.at(-1);
    const next = last && places.length > limit && ([last.recordedAt, last.lead, last.revision] as const);
    return { changes, ...(next && { next }) };
  }

  private places({ scope, actor, from, to, after, limit }: ChangesQuery, end: 'opened' | 'closed') {
    const part = this.db
      .selectFrom('owner_interval')
      .select(['lead', `${end}_revision as revision`, `${end}_recorded_at as recorded_at`])
      .distinct()
      .where(`${end}_by`, '=', actor)
      .$if(from !== undefined, (q) => q.where(`${end}_recorded_at`, '>=', from ?? ''))
      .$if(to !== undefined, (q) => q.where(`${end}_recorded_at`, '<', to ?? ''))
      .$if(after !== undefined, (q) => {
        const [recordedAt, lead, revision] = after ?? ['', '', 0];
        const place = sql`(${sql.ref(`${end}_recorded_at`)}, lead, ${sql.ref(`${end}_revision`)})`;
        return q
          .where(`${end}_recorded_at`, '>=', recordedAt)
          .where(sql<boolean>`${place} > (${recordedAt}, ${lead}, ${revision})`);
      })
      .$if(scope.all !== true, (q) =>
        q.where('lead', 'in', (eb) =>
          eb
            .selectFrom('lead_card')
            .select('lead_card.lead')
            .where((card) => readable(card, scope)),
        ),
      )
      .orderBy(`${end}_recorded_at`)
      .orderBy('lead')
      .orderBy(`${end}_revision`)
      .limit(limit + 1);
    // A limit of its own, so that an actor of very many changes costs one page: it must then be a subquery.
    return this.db.selectFrom(part.as('part')).selectAll();
  }

  private async intervalsOf(leads: readonly string[]): Promise<ReadonlyMap<string, readonly IntervalRow[]>> {
    if (leads.length === 0) return new Map();
    const rows = await this.db
      .selectFrom('owner_interval')
      .selectAll()
      .where('lead', 'in', [...new Set(leads)])
      .orderBy('role')
      .execute();
    const byLead = new Map<string, IntervalRow[]>();
    for (const row of rows) byLead.set(row.lead, [...(byLead.get(row.lead) ?? []), row]);
    return byLead;
  }
}

function changeAt({ lead, revision, recorded_at }: Place, intervals: readonly IntervalRow[]): OwnershipChange {
  const began = intervals.filter((row) => row.opened_revision === revision);
  const ended = intervals.filter((row) => row.closed_revision === revision);
  const roles = [...new Set([...ended, ...began].map(({ role }) => role))].sort();
  const reason = began[0]?.opened_reason ?? ended[0]?.closed_reason ?? null;
  return {
    lead,
    revision: revision ?? 0,
    recordedAt: recorded_at ?? '',
    effectiveAt: began[0]?.since ?? ended[0]?.until ?? '',
    ...(reason !== null && { reason }),
    changed: roles.map((role) => ({
      role: role as OwnerRole,
      from: holder(ended.find((row) => row.role === role)),
      to: holder(began.find((row) => row.role === role)),
    })),
  };
}

const holder = (row: IntervalRow | undefined): Holder | null =>
  row ? { team: row.team, ...(row.person !== null && { person: row.person }) } : null;
