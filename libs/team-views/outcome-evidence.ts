import { sql, type Kysely, type SelectQueryBuilder, type SqlBool } from 'kysely';
import type { OutcomeMetric } from '../metric-catalogue/outcome-metric.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { unitsOf, type OutcomeFilter } from './outcome-numbers.js';
import type { OutcomeTables } from './outcome-tables.js';
import { having } from './outcome-traits.js';
import { leadsInSight, type Scope } from './scope.js';

/** Of a number: the units it is over, of those the ones that it counts, or those it counts apart. */
export const EVIDENCE_PARTS = ['all', 'counted', 'apart'] as const;
export type EvidencePart = (typeof EVIDENCE_PARTS)[number];

export interface EvidenceQuery extends OutcomeFilter {
  readonly metric: OutcomeMetric;
  readonly part: EvidencePart;
  readonly scope: Scope;
  /** the last lead of the page before */
  readonly after?: string;
  readonly limit: number;
}

export interface EvidencePage {
  /** ids in ascending order */
  readonly leads: readonly string[];
  /** how many leads are behind the number, and how many of those the caller may not read: counted, never listed */
  readonly total: number;
  readonly outside: number;
  /** for `after`; absent on the last page */
  readonly next?: string;
}

/** Which leads stand behind a number. */
export class OutcomeEvidence {
  private readonly db: Kysely<OutcomeTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<OutcomeTables>();
  }

  page(query: EvidenceQuery): Promise<EvidencePage> {
    const { scope } = query;
    const rows = this.behind(query);
    const behind = leadsOf(rows);
    const own = scope.all ? behind : leadsOf(rows.where('outcome.lead', 'in', leadsInSight(scope)));
    return pageOfLeads(behind, own, query);
  }

  private behind(query: EvidenceQuery) {
    const { metric, part, asOf } = query;
    const traits = { all: metric.among, counted: [...metric.among, ...metric.of], apart: metric.apart }[part];
    const countsNoneApart = part === 'apart' && traits.length === 0;
    return unitsOf(this.db, query).where(countsNoneApart ? sql<SqlBool>`1 = 0` : having(traits, asOf));
  }
}

/** The leads that stand behind a number. */
export interface LeadsBehind {
  count(): Promise<number>;
  /** ids in ascending order, after that lead */
  after(lead: string, most: number): Promise<readonly string[]>;
}

/**
 * The leads that rows are of, each row with a column `lead`.
 *
 * @param once where no lead stands in two rows: there is no need to look which are the same
 */
export function leadsOf<Tables, Table extends keyof Tables>(
  rows: SelectQueryBuilder<Tables, Table, object>,
  { once = false }: { readonly once?: boolean } = {},
): LeadsBehind {
  const lead = sql.ref<string>('lead');
  return {
    async count() {
      const counted = once ? sql<number>`count(*)` : sql<number>`count(distinct lead)`;
      const { leads } = (await rows.select(counted.as('leads')).executeTakeFirstOrThrow()) as {
        readonly leads: number;
      };
      return Number(leads);
    },
    async after(last, most) {
      const found = await rows
        .select(lead.as('lead'))
        .distinct()
        .where(sql<SqlBool>`${lead} > ${last}`)
        .orderBy(lead)
        .limit(most)
        .execute();
      return found.map((row) => (row as { readonly lead: string }).lead);
    },
  };
}

/** A page of the leads that the caller may read, `own`: the same object where these are all. */
export async function pageOfLeads(
  all: LeadsBehind,
  own: LeadsBehind,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): Promise<EvidencePage> {
  const [total, mine, found] = await Promise.all([
    all.count(),
    own === all ? undefined : own.count(),
    own.after(after, limit + 1),
  ]);
  const leads = found.slice(0, limit);
  const next = found.length > limit ? leads.at(-1) : undefined;
  return { leads, total, outside: total - (mine ?? total), ...(next !== undefined && { next }) };
}
