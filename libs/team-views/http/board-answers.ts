import type { PageCursors } from '../../http-kit/cursor.js';
import type { PageQuery } from '../../http-kit/page-query.dto.js';
import type { LeadCard } from '../lead-card.js';
import type { CardFilter, CardPage, CardPageQuery, CardSort, LeadCards } from '../lead-cards.js';
import type { LeadListQuery } from './boards.dto.js';

export interface LeadsAnswer<Lead = LeadCard> {
  readonly leads: readonly Lead[];
  /** the cursor of the next page; absent on the last */
  readonly next?: string;
}

/**
 * A page of leads as the caller asked for it.
 *
 * @throws ProblemException 400 for a cursor of another list
 */
export async function pageOf(
  cards: LeadCards,
  cursors: PageCursors,
  { limit }: Pick<PageQuery, 'limit'>,
  query: Omit<CardPageQuery, 'limit' | 'after'>,
): Promise<LeadsAnswer> {
  const shape = [query.sort?.by === 'score' ? 'number' : 'string', 'string'] as const;
  const after = cursors.after(shape);
  const page: CardPage = await cards.page({ ...query, limit, ...(after && { after }) });
  return { leads: page.cards, ...cursors.next(page.next) };
}

/** The fields that were given, for filters whose absent fields must not be there at all. */
export function given<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}

/** What a list was narrowed by, of what every list has. */
export function filterOf(query: LeadListQuery): CardFilter {
  const { state, source, topic, campaign, stewardTeam, stewardPerson } = query;
  return given({ states: state, source, topic, campaign, stewardTeam, stewardPerson });
}

/** The order asked for, else the list's own. */
export function sortOf({ sort: by, direction }: LeadListQuery, own: CardSort): CardSort {
  if (by === undefined) return { by: own.by, direction: direction ?? own.direction };
  return { by, direction: direction ?? 'descending' };
}

export interface WaitingOffer extends LeadCard {
  readonly waiting: {
    /** since it was offered */
    readonly seconds: number;
    /** until acceptBy; below 0 once it is late, absent where no answer is due */
    readonly secondsLeft?: number;
    readonly late: boolean;
  };
}

/** @param now milliseconds since the epoch */
export function waitingOffer(card: LeadCard, now: number): WaitingOffer {
  const seconds = Math.floor((now - Date.parse(card.stateSince)) / 1000);
  const { acceptBy } = card.offer ?? {};
  if (acceptBy === undefined) return { ...card, waiting: { seconds, late: false } };
  const left = Math.floor((Date.parse(acceptBy) - now) / 1000);
  return { ...card, waiting: { seconds, secondsLeft: left, late: left < 0 } };
}
