import type { Kysely } from 'kysely';
import type { ReadDatabase } from '../read-database/read-database.js';
import { cardOf, type LeadCard } from './lead-card.js';
import type { LeadCardTables } from './lead-card-tables.js';
import { readable, type Scope } from './scope.js';

/** Two open leads of one contact, the older first. */
export interface LeadPair {
  readonly older: LeadCard;
  readonly newer: LeadCard;
}

export interface MergeCandidate {
  readonly contact: string;
  readonly pairs: readonly LeadPair[];
}

export interface MergeQueuePage {
  readonly candidates: readonly MergeCandidate[];
  /** the last contact, for `after`; absent on the last page */
  readonly next?: string;
}

/**
 * Contacts of whose open leads the caller may read more than one. A pair of which one belongs to another team is for
 * those who read all (privacy): its mere presence would tell that the other team knows the person.
 */
export class MergeQueue {
  private readonly db: Kysely<LeadCardTables>;

  constructor(database: Pick<ReadDatabase, 'reading'>) {
    this.db = database.reading.withTables<LeadCardTables>();
  }

  async page(query: { scope: Scope; after?: string; limit: number }): Promise<MergeQueuePage> {
    const { scope, after = '', limit } = query;
    const several = await this.db
      .selectFrom('contact_tally')
      .selectAll()
      .where('open_leads', '>', 1)
      .where('contact', '>', after)
      .where(
        (several) =>
          several
            .selectFrom('lead_card')
            .select(({ fn }) => fn.countAll<number>().as('leads'))
            .whereRef('lead_card.contact', '=', 'contact_tally.contact')
            .where('lead_card.open', '=', 1)
            .where((eb) => readable(eb, scope)),
        '>',
        1,
      )
      .orderBy('contact')
      .limit(limit + 1)
      .execute();
    const shown = several.slice(0, limit);
    const cards = await this.openCards(
      shown.map(({ contact }) => contact),
      scope,
    );
    const candidates = shown.map(({ contact }) => {
      return { contact, pairs: pairsOf(cards.filter((card) => card.contact === contact)) };
    });
    const next = several.length > limit ? shown.at(-1)?.contact : undefined;
    return { candidates, ...(next !== undefined && { next }) };
  }

  private async openCards(contacts: readonly string[], scope: Scope): Promise<readonly LeadCard[]> {
    if (contacts.length === 0) return [];
    const rows = await this.db
      .selectFrom('lead_card')
      .selectAll()
      .where('contact', 'in', contacts)
      .where('open', '=', 1)
      .where((eb) => readable(eb, scope))
      .orderBy('created_at')
      .orderBy('lead')
      .execute();
    return rows.map(cardOf);
  }
}

function pairsOf(cards: readonly LeadCard[]): LeadPair[] {
  return cards.flatMap((older, index) => cards.slice(index + 1).map((newer) => ({ older, newer })));
}
