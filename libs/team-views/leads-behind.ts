import { sql, type Expression, type Kysely, type SelectQueryBuilder, type SqlBool } from 'kysely';
import type { LeadCardTables } from './lead-card-tables.js';
import { cardsInSight, together, type ListedCards, type Scope } from './scope.js';

export interface EvidencePage {
  /** ids in ascending order */
  readonly leads: readonly string[];
  /** how many leads are behind the number, and how many of those the caller may not read: counted, never listed */
  readonly total: number;
  readonly outside: number;
  /** for `after`; absent on the last page */
  readonly next?: string;
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

/**
 * The leads of cards in parts, such as a scope has. `behind`: those of them alone of which there is a row, which is looked
 * for in the order of the leads, where what is behind them lies beside each other.
 */
export function leadsOfCards(
  db: Kysely<LeadCardTables>,
  cards: readonly ListedCards[],
  behind?: Expression<unknown>,
): LeadsBehind {
  const parts = cards.map((part) =>
    behind === undefined ? part : part.where((eb) => eb.exists(behind)).where('lead', '>', ''),
  );
  return {
    async count() {
      const counted = parts.map((part) =>
        part
          .select(({ fn }) => fn.countAll<number>().as('leads'))
          // Group by group of the board's index, so that it is read from that alone.
          .$if(behind === undefined, (whole) => whole.groupBy('state')),
      );
      const { leads } = await db
        .selectFrom(together(db, counted).as('part'))
        .select(({ fn }) => fn.sum<number | null>('leads').as('leads'))
        .executeTakeFirstOrThrow();
      return Number(leads);
    },
    async after(last, most) {
      const pages = parts.map((part) => part.select('lead').where('lead', '>', last).orderBy('lead').limit(most));
      const found = await together(db, pages).orderBy('lead').limit(most).execute();
      return found.map(({ lead }) => lead);
    },
  };
}

/** The part of evidence that is asked for. */
interface AskedPage {
  readonly after?: string;
  readonly limit: number;
}

/**
 * A page of the leads that a table's rows are of and that the caller may read.
 *
 * @param once see `leadsOf`
 * @param total how many leads they are, where that is known without counting them
 */
export function pageOfRows<Tables, Table extends keyof Tables & string>(
  cards: Kysely<LeadCardTables>,
  rows: SelectQueryBuilder<Tables, Table, object>,
  table: Table,
  asked: AskedPage & { readonly scope: Scope; readonly once?: boolean; readonly total?: () => Promise<number> },
): Promise<EvidencePage> {
  const { scope, total } = asked;
  const all = { ...leadsOf(rows, asked), ...(total && { count: total }) };
  if (scope.all) return pageOfLeads(all, all, asked);
  const lead = sql.ref<string>(`${table}.lead`);
  const ofCard = rows.select(lead.as('lead')).where(sql<SqlBool>`${lead} = ${sql.ref('lead_card.lead')}`);
  return pageOfLeads(all, leadsOfCards(cards, cardsInSight(cards, scope), ofCard), asked);
}

/** A page of the leads that the caller may read, `own`: the same object where these are all. */
export async function pageOfLeads(
  all: LeadsBehind,
  own: LeadsBehind,
  { after = '', limit }: AskedPage,
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
