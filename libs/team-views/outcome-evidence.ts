import { sql, type Kysely, type SqlBool } from 'kysely';
import type { OutcomeMetric } from '../metric-catalogue/outcome-metric.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { pageOfRows, type EvidencePage } from './leads-behind.js';
import { unitsOf, type OutcomeFilter } from './outcome-numbers.js';
import type { OutcomeTables } from './outcome-tables.js';
import { having } from './outcome-traits.js';
import type { Scope } from './scope.js';

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

/** Which leads stand behind a number. */
export class OutcomeEvidence {
  private readonly db: Kysely<OutcomeTables>;
  private readonly cards: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<OutcomeTables>();
    this.cards = database.reading.withTables<LeadCardTables>();
  }

  page(query: EvidenceQuery): Promise<EvidencePage> {
    return pageOfRows(this.cards, this.behind(query), 'outcome', query);
  }

  private behind(query: EvidenceQuery) {
    const { metric, part, asOf } = query;
    const traits = { all: metric.among, counted: [...metric.among, ...metric.of], apart: metric.apart }[part];
    const countsNoneApart = part === 'apart' && traits.length === 0;
    return unitsOf(this.db, query).where(countsNoneApart ? sql<SqlBool>`1 = 0` : having(traits, asOf));
  }
}
