import { expressionBuilder, sql, type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely';
import type { LeadCardTables } from './lead-card-tables.js';

/**
 * Which leads a caller may read: all (analysts, auditors, services), or those that one of the marketing teams stewards
 * or that one of the sales teams is offered, works or once worked. Every query of a lead takes one.
 */
export type Scope =
  | { readonly all: true }
  | { readonly all?: never; readonly marketingTeams: readonly string[]; readonly salesTeams: readonly string[] };

type OnCard = ExpressionBuilder<LeadCardTables, 'lead_card'>;
type Cards = ExpressionBuilder<LeadCardTables, never>;

/** The condition on `lead_card`: part of the query, so that nothing outside the scope is ever read, counted or paged. */
export function readable(eb: OnCard, scope: Scope): ExpressionWrapper<LeadCardTables, 'lead_card', SqlBool> {
  if (scope.all) return eb.and([]);
  const { marketingTeams, salesTeams } = scope;
  const stewarded = marketingTeams.length > 0 ? [eb('lead_card.steward_team', 'in', marketingTeams)] : [];
  const sold = salesTeams.length > 0 ? [eb('lead_card.lead', 'in', leadsOfSales(salesTeams))] : [];
  const either = [...stewarded, ...sold];
  return either.length > 0 ? eb.or(either) : eb.and([sql<SqlBool>`1 = 0`]);
}

/** By the teams' indexes: a team with few leads must not pay for all the others'. */
function leadsOfSales(teams: readonly string[]) {
  const cards: Cards = expressionBuilder<LeadCardTables>();
  return cards
    .selectFrom('lead_card as offered')
    .select('offered.lead')
    .where('offered.offeree_team', 'in', teams)
    .union(cards.selectFrom('lead_worked_by').select('lead_worked_by.lead').where('lead_worked_by.team', 'in', teams));
}

/** The same leads as a list, for tables that are not the cards; of a scope that is not all. */
export function leadsInSight({ marketingTeams, salesTeams }: Exclude<Scope, { readonly all: true }>) {
  const cards = expressionBuilder<LeadCardTables>();
  const ofCards = cards.selectFrom('lead_card').select('lead_card.lead');
  const none = ofCards.where(sql<SqlBool>`1 = 0`);
  const stewarded = marketingTeams.length > 0 ? ofCards.where('steward_team', 'in', marketingTeams) : none;
  if (salesTeams.length === 0) return stewarded;
  const sold = leadsOfSales(salesTeams);
  return marketingTeams.length > 0 ? sold.union(stewarded) : sold;
}
