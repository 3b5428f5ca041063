import type { PersonalData } from '../personal-data/personal-data.js';
import type { CardCursor, LeadCards } from '../team-views/lead-cards.js';
import type { LeadCard } from '../team-views/lead-card.js';
import { openDetails } from '../team-views/sealed-details.js';
import { dataset, isWithin, type Dataset, type ExportQuery } from './dataset.js';
import { LEAD_COLUMNS, PERSONAL_LEAD_COLUMNS, type ExportedLead } from './lead-columns.js';

const PAGE = 500;
/** Whoever may export reads all leads. */
const ALL = { all: true } as const;
const BEFORE_ANY_LEAD = '';

/** Leads created in the range, as they stand when their page is read, oldest first. */
export function leadExport(cards: LeadCards, personalData: PersonalData): Dataset {
  async function* records(query: ExportQuery): AsyncGenerator<readonly ExportedLead[]> {
    let after: CardCursor | undefined = query.from === undefined ? undefined : [query.from, BEFORE_ANY_LEAD];
    do {
      const page = await cards.page({
        scope: ALL,
        sort: { by: 'created', direction: 'ascending' },
        ...(after ? { after } : {}),
        limit: PAGE,
      });
      const found = page.cards.filter((card) => isWithin(card.createdAt, query));
      yield query.withPersonalData ? await Promise.all(found.map(opened)) : found.map((card) => ({ card }));
      after = found.length === page.cards.length ? page.next : undefined;
    } while (after);
  }

  async function opened(card: LeadCard): Promise<ExportedLead> {
    const sealed = await cards.sealedDetails(card.lead, ALL);
    const person = await openDetails(card, sealed ?? [], (pii, context) => personalData.openEnvelope(pii, context));
    return person === undefined ? { card } : { card, person };
  }

  return dataset({ name: 'leads', columns: LEAD_COLUMNS, personalColumns: PERSONAL_LEAD_COLUMNS, records });
}
