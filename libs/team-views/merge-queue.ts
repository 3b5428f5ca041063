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
  /** open leads of the contact outside the caller's scope: counted, not named */
  readonly others: number;
}

export interface MergeQueuePage {
  readonly candidates: readonly MergeCandidate[];
  /** the last contact, for `after`; absent on the last page */
  readonly next?: string;
}

/** Contacts with more than one open lead, of which the caller may read at least one. */
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
      .where((several) =>
        several.exists(
          several
            .selectFrom('lead_card')
            .select('lead_card.lead')
            .whereRef('lead_card.contact', '=', 'contact_tally.contact')
            .where('lead_card.open', '=', 1)
            .where((eb) => readable(eb, scope)),
        ),
      )
      .orderBy('contact')
      .limit(limit + 1)
      .execute();
    const shown = several.slice(0, limit);
    const cards = await this.openCards(
      shown.map(({ contact }) => contact),
      scope,
    );
    const candidates = shown.map(({ contact, open_leads }) => {
      const own = cards.filter((card) => card.contact === contact);
      return { contact, pairs: pairsOf(own), others: open_leads - own.length };
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
