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
    const behind = this.behind(query);
    return pageOfLeads(behind, this.readable(behind, query.scope), query);
  }

  private behind(query: EvidenceQuery) {
    const { metric, part, asOf } = query;
    const traits = { all: metric.among, counted: [...metric.among, ...metric.of], apart: metric.apart }[part];
    const countsNoneApart = part === 'apart' && traits.length === 0;
    return unitsOf(this.db, query).where(countsNoneApart ? sql<SqlBool>`1 = 0` : having(traits, asOf));
  }

  private readable(behind: ReturnType<OutcomeEvidence['behind']>, scope: Scope) {
    if (scope.all) return behind;
    return behind.where('outcome.lead', 'in', leadsInSight(scope));
  }
}

/** How many leads rows are of, each with a column `lead`. */
export type CountLeads<Tables, Table extends keyof Tables> = (
  rows: SelectQueryBuilder<Tables, Table, object>,
) => Promise<number>;

const distinctLeads = async <Tables, Table extends keyof Tables>(rows: SelectQueryBuilder<Tables, Table, object>) =>
  numberIn(await rows.select(sql<number>`count(distinct lead)`.as('leads')).executeTakeFirstOrThrow());

/** Where no lead stands in two rows. */
export const onceEach = async <Tables, Table extends keyof Tables>(rows: SelectQueryBuilder<Tables, Table, object>) =>
  numberIn(await rows.select(sql<number>`count(*)`.as('leads')).executeTakeFirstOrThrow());

const numberIn = (row: object): number => Number((row as { readonly leads: number }).leads);

/**
 * A page of the leads that stand in rows, each once.
 *
 * @param behind all rows, each with a column `lead`; `own` those of leads that the caller may read, the same object where
 * that is all of them
 * @param count where there is a faster way than to look which leads are the same
 */
export async function pageOfLeads<Tables, Table extends keyof Tables>(
  behind: SelectQueryBuilder<Tables, Table, object>,
  own: SelectQueryBuilder<Tables, Table, object>,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
  count: CountLeads<Tables, Table> = distinctLeads,
): Promise<EvidencePage> {
  const lead = sql.ref<string>('lead');
  const [total, mine, found] = await Promise.all([
    count(behind),
    own === behind ? undefined : count(own),
    own
      .select(lead.as('lead'))
      .distinct()
      .where(sql<SqlBool>`${lead} > ${after}`)
      .orderBy(lead)
      .limit(limit + 1)
      .execute(),
  ]);
  const leads = found.slice(0, limit).map((row) => (row as { readonly lead: string }).lead);
  const next = found.length > limit ? leads.at(-1) : undefined;
  return { leads, total, outside: total - (mine ?? total), ...(next !== undefined && { next }) };
}
