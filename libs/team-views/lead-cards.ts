import type { Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import { conditions, type CardFilter, type Condition, type OnCard } from './card-filter.js';
import { cardOf, intervalOf, type LeadCard, type OwnerInterval } from './lead-card.js';
import type { LeadCardTables } from './lead-card-tables.js';
import type { ListedCard } from './sales-sight.js';
import { cardsInSight, readable, together, type Scope } from './scope.js';
import type { SealedDetails } from './sealed-details.js';

export type { CardFilter } from './card-filter.js';

const SORTS = {
  updated: 'updated_at',
  created: 'created_at',
  stateSince: 'state_since',
  score: 'score_rank',
  /** of a sales team: offers by the time left, then what is worked and lost, each longest first */
  queue: 'queue_key',
} as const satisfies Record<string, keyof ListedCard>;
export type SortKey = keyof typeof SORTS;
export const CARD_SORTS = Object.keys(SORTS) as readonly SortKey[];
export interface CardSort {
  readonly by: SortKey;
  readonly direction: 'ascending' | 'descending';
}

/** Where a page ended: the last card's sort value (a number for `score`, else a text) and its lead. */
export type CardCursor = readonly [value: string | number, lead: string];

export interface CardPageQuery {
  readonly scope: Scope;
  readonly filter?: CardFilter;
  /** default: last updated first */
  readonly sort?: CardSort;
  readonly after?: CardCursor;
  readonly limit: number;
}

export interface CardPage {
  readonly cards: readonly LeadCard[];
  /** absent on the last page */
  readonly next?: CardCursor;
}

export interface CreatedPage {
  /** createdAt: ISO 8601 UTC, when it happened */
  readonly leads: readonly { readonly lead: string; readonly createdAt: string }[];
  readonly more: boolean;
}

/** Leads as they stand now. What is outside the scope does not exist here. */
export class LeadCards {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  async find(lead: string, scope: Scope): Promise<LeadCard | undefined> {
    const row = await this.inScope(scope).selectAll().where('lead', '=', lead).executeTakeFirst();
    return row && cardOf(row);
  }

  /** The leads that another system knows by this id, oldest first; more than one where it was imported apart. */
  async findByExternalRef(system: string, id: string, scope: Scope): Promise<readonly LeadCard[]> {
    const rows = await this.inScope(scope)
      .selectAll()
      .where('external_id', '=', id)
      .where('external_system', '=', system)
      .orderBy('created_at')
      .orderBy('lead')
      .execute();
    return rows.map(cardOf);
  }

  /** Everyone who ever had the lead, oldest first; undefined where the caller may not know of it. */
  async owners(lead: string, scope: Scope): Promise<readonly OwnerInterval[] | undefined> {
    if ((await this.find(lead, scope)) === undefined) return undefined;
    const rows = await this.db
      .selectFrom('owner_interval')
      .selectAll()
      .where('lead', '=', lead)
      .orderBy('opened_revision')
      .orderBy('role')
      .execute();
    return rows.map(intervalOf);
  }

  /** The lead's contact details, still sealed, for `openDetails`; undefined where the caller may not know of the lead. */
  async sealedDetails(lead: string, scope: Scope): Promise<readonly SealedDetails[] | undefined> {
    const row = await this.inScope(scope)
      .leftJoin('lead_details', 'lead_details.lead', 'lead_card.lead')
      .where('lead_card.lead', '=', lead)
      .select('lead_details.sealed')
      .executeTakeFirst();
    return row && (JSON.parse(row.sealed ?? '[]') as SealedDetails[]);
  }

  /** Which leads were created by a time, oldest first: no more of them than that. */
  async createdBy(
    time: string,
    { scope, after, limit }: Pick<CardPageQuery, 'scope' | 'after' | 'limit'>,
  ): Promise<CreatedPage> {
    const parts = cardsInSight(this.db, scope).map((cards) =>
      cards
        .select(['lead_card.lead', 'lead_card.created_at'])
        .where('created_at', '<=', time)
        .$if(after !== undefined, (rest) =>
          rest.where((eb) => beyond(eb, 'created_at', 'ascending', after ?? ['', ''])),
        )
        .orderBy('created_at')
        .orderBy('lead')
        .limit(limit + 1),
    );
    const rows = await together(this.db, parts)
      .orderBy('created_at')
      .orderBy('lead')
      .limit(limit + 1)
      .execute();
    const leads = rows.slice(0, limit).map(({ lead, created_at }) => ({ lead, createdAt: created_at }));
    return { leads, more: rows.length > limit };
  }

  async page({ scope, filter = {}, sort, after, limit }: CardPageQuery): Promise<CardPage> {
    const { by, direction } = sort ?? { by: 'updated', direction: 'descending' };
    const order = direction === 'ascending' ? 'asc' : 'desc';
    // The same time, in the index by which these leads are found.
    const column = by === 'stateSince' && filter.standsSince !== undefined ? 'stands_since' : SORTS[by];
    // The leads first, the cards of those alone after: of each team so many as the page may hold.
    const leads = cardsInSight(this.db, scope).map((cards) =>
      cards
        .select('lead_card.lead')
        .where((eb) => eb.and([...conditions(eb, filter), ...(after ? [beyond(eb, column, direction, after)] : [])]))
        .orderBy(column, order)
        .orderBy('lead', order)
        .limit(limit + 1),
    );
    const rows = await this.db
      .selectFrom('lead_card')
      .selectAll()
      .where('lead', 'in', together(this.db, leads))
      .orderBy(SORTS[by], order)
      .orderBy('lead', order)
      .limit(limit + 1)
      .execute();
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next: CardCursor | undefined = last && rows.length > limit ? [last[SORTS[by]], last.lead] : undefined;
    return { cards: shown.map(cardOf), ...(next && { next }) };
  }

  private inScope(scope: Scope) {
    return this.db.selectFrom('lead_card').where((eb) => readable(eb, scope));
  }
}

/** The rows after the cursor; the first condition alone lets the index begin there. */
function beyond(
  eb: OnCard,
  column: keyof ListedCard,
  direction: CardSort['direction'],
  [value, lead]: CardCursor,
): Condition {
  const [further, notBefore] = direction === 'ascending' ? (['>', '>='] as const) : (['<', '<='] as const);
  return eb.and([eb(column, notBefore, value), eb.or([eb(column, further, value), eb('lead', further, lead)])]);
}
