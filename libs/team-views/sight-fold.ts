import type { OpenCard } from './card-fold.js';
import type { CardRow } from './card-row.js';
import { LISTED, type ListedCard, type SalesSightRow } from './sales-sight.js';

/** A row for each sales team in whose sight the lead is now; of a card that was closed. */
export function sightsOf(card: OpenCard, row: CardRow): SalesSightRow[] {
  const listed = Object.fromEntries(LISTED.map((column) => [column, row[column]])) as unknown as ListedCard;
  return [...teamsInSight(card)].map((team) => ({ team, ...listed }));
}

/** Teams whose offer has ended since the card was opened, and that never worked the lead. */
export function teamsOutOfSight(card: OpenCard): readonly string[] {
  const inSight = teamsInSight(card);
  return [...card.offeredTo].filter((team) => !inSight.has(team));
}

function teamsInSight({ row, workedBy }: OpenCard): ReadonlySet<string> {
  return new Set(row.offeree_team === null ? workedBy : [...workedBy, row.offeree_team]);
}
