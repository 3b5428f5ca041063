import {
  expressionBuilder,
  sql,
  type Expression,
  type ExpressionBuilder,
  type ExpressionWrapper,
  type Kysely,
  type SelectQueryBuilder,
  type SqlBool,
} from 'kysely';
import type { LeadCardTables } from './lead-card-tables.js';
import type { ListedTables } from './sales-sight.js';

/**
 * Which leads a caller may read: all (analysts, auditors, services), or those that one of the marketing teams stewards
 * or that one of the sales teams is offered, works or once worked. Every query of a lead takes one.
 */
export type Scope =
  | { readonly all: true }
  | { readonly all?: never; readonly marketingTeams: readonly string[]; readonly salesTeams: readonly string[] };

/** Company-wide. */
export const EVERYTHING: Scope = { all: true };

type OnCard = ExpressionBuilder<LeadCardTables, 'lead_card'>;

/** The condition on `lead_card`, for look-ups and for what is read in another order than a team's. */
export function readable(eb: OnCard, scope: Scope): ExpressionWrapper<LeadCardTables, 'lead_card', SqlBool> {
  if (scope.all) return eb.and([]);
  const { marketingTeams, salesTeams } = scope;
  const stewarded = marketingTeams.length > 0 ? [eb('lead_card.steward_team', 'in', marketingTeams)] : [];
  const sold = salesTeams.length > 0 ? [eb.exists(sightOf(salesTeams, eb.ref('lead_card.lead')))] : [];
  const either = [...stewarded, ...sold];
  return either.length > 0 ? eb.or(either) : eb.and([sql<SqlBool>`1 = 0`]);
}

function sightOf(teams: readonly string[], lead?: Expression<string>) {
  const sights = expressionBuilder<LeadCardTables>()
    .selectFrom('sales_sight')
    .select('sales_sight.lead')
    .where('sales_sight.team', 'in', teams);
  return lead === undefined ? sights : sights.where('sales_sight.lead', '=', lead);
}

/** The same leads as a list, for tables that are not the cards; of a scope that is not all. */
export function leadsInSight({ marketingTeams, salesTeams }: Exclude<Scope, { readonly all: true }>) {
  const cards = expressionBuilder<LeadCardTables>();
  const ofCards = cards.selectFrom('lead_card').select('lead_card.lead');
  const none = ofCards.where(sql<SqlBool>`1 = 0`);
  const stewarded = marketingTeams.length > 0 ? ofCards.where('steward_team', 'in', marketingTeams) : none;
  if (salesTeams.length === 0) return stewarded;
  const sold = sightOf(salesTeams);
  return marketingTeams.length > 0 ? sold.unionAll(stewarded) : sold;
}

export type ListedRows<Row> = SelectQueryBuilder<ListedTables, 'lead_card', Row>;
export type ListedCards = ListedRows<object>;

/**
 * The same leads as cards, in parts that have no lead in common: all, or a part for each team, which is read in the
 * order of that team's indexes.
 */
export function cardsInSight(db: Kysely<LeadCardTables>, scope: Scope): readonly ListedCards[] {
  const cards = db.selectFrom('lead_card') as unknown as ListedCards;
  if (scope.all) return [cards];
  const { marketingTeams, salesTeams } = scope;
  const stewarded = marketingTeams.map((team) => cards.where('steward_team', '=', team));
  const sold = salesTeams.map((team, at) => {
    const before = salesTeams.slice(0, at);
    return db
      .selectFrom('sales_sight as lead_card')
      .where('lead_card.team', '=', team)
      .$if(before.length > 0, (own) => own.where((eb) => eb.not(eb.exists(sightOf(before, eb.ref('lead_card.lead'))))))
      .$if(marketingTeams.length > 0, (own) =>
        own.where((eb) => eb.or([eb('steward_team', 'is', null), eb('steward_team', 'not in', marketingTeams)])),
      );
  });
  const parts = [...stewarded, ...sold];
  return parts.length > 0 ? parts : [cards.where(sql<SqlBool>`1 = 0`)];
}

/** The rows of all the parts, each of which may have an order and a limit of its own. */
export function together<Row>(db: Kysely<LeadCardTables>, parts: readonly ListedRows<Row>[]): ListedRows<Row> {
  const [first, ...others] = parts.map(
    (part) => db.selectFrom(part.as('part')).selectAll() as unknown as ListedRows<Row>,
  );
  if (first === undefined) throw new TypeError('a scope has parts');
  return others.reduce((all, other) => all.unionAll(other), first);
}
