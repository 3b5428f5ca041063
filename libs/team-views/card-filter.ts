import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import type { ListedCard, ListedTables } from './sales-sight.js';

/** Only leads that have all that is given. Times are ISO 8601 UTC. */
export interface CardFilter {
  /** any of these states, with or without a sub-state: `working` or `working.contacted` */
  readonly states?: readonly string[];
  readonly open?: boolean;
  readonly stewardTeam?: string;
  readonly stewardPerson?: string;
  readonly offereeTeam?: string;
  readonly workerTeam?: string;
  /** who works it, is offered it or lost it */
  readonly salesPerson?: string;
  /** likewise the team: its queue, which holds leads in the sales stages alone */
  readonly salesTeam?: string;
  readonly source?: string;
  readonly topic?: string;
  readonly campaign?: string;
  readonly contact?: string;
  /** nurtured leads that are due again by this time */
  readonly resumeBy?: string;
  readonly nurtured?: true;
  readonly silent?: Silence;
  /** in the same state since then or earlier, and not settled for good */
  readonly standsSince?: string;
  /** false: leads of which something can still come, true: won, disqualified or merged */
  readonly settled?: boolean;
  /** offers that were to be answered before this time */
  readonly acceptBefore?: string;
  /** of leads that have a worker: who received or updated it then or later */
  readonly workerUpdatedSince?: string;
  /** any of these people has it in that role */
  readonly heldBy?: readonly Holders[];
}

/** Nurtured leads left alone longer than their track allows; where they are on none, since a time. */
export interface Silence {
  readonly at: string;
  readonly withoutTrackSince: string;
}

export const HOLDER_ROLES = ['steward', 'offeree', 'worker'] as const;
export type HolderRole = (typeof HOLDER_ROLES)[number];
/** People of one team in one role. */
export interface Holders {
  readonly role: HolderRole;
  readonly team: string;
  readonly people: readonly string[];
}

export type OnCard = ExpressionBuilder<ListedTables, 'lead_card'>;
export type Condition = ExpressionWrapper<ListedTables, 'lead_card', SqlBool>;

/** To be joined by `and`; none where nothing is asked. */
export function conditions(eb: OnCard, filter: CardFilter): Condition[] {
  const { states, open, resumeBy, nurtured, silent, standsSince, settled, acceptBefore, workerUpdatedSince, heldBy } =
    filter;
  const equal = (column: keyof ListedCard, value: string | number | undefined): Condition[] =>
    value === undefined ? [] : [eb(column, '=', value)];
  const upTo = (column: keyof ListedCard, value: string | undefined): Condition[] =>
    value === undefined ? [] : [eb(column, '<=', value)];
  return [
    ...(states ? [inStates(eb, states)] : []),
    ...equal('open', open === undefined ? undefined : Number(open)),
    ...equal('steward_team', filter.stewardTeam),
    ...equal('steward_person', filter.stewardPerson),
    ...equal('offeree_team', filter.offereeTeam),
    ...equal('worker_team', filter.workerTeam),
    ...equal('sales_person', filter.salesPerson),
    ...equal('sales_team', filter.salesTeam),
    ...equal('source', filter.source),
    ...equal('topic', filter.topic),
    ...equal('campaign', filter.campaign),
    ...equal('contact', filter.contact),
    ...upTo('resume_at', resumeBy),
    // Only of nurtured leads is it written since when they are quiet.
    ...(nurtured ? [eb('quiet_since', 'is not', null)] : []),
    ...(silent ? [inSilence(eb, silent)] : []),
    ...upTo('stands_since', standsSince),
    ...(settled === undefined ? [] : [eb('stands_since', settled ? 'is' : 'is not', null)]),
    ...(acceptBefore === undefined ? [] : [eb('accept_by', '<', acceptBefore)]),
    ...(workerUpdatedSince === undefined ? [] : [eb('worker_updated_at', '>=', workerUpdatedSince)]),
    ...(heldBy ? [eb.or(heldBy.map((holders) => has(eb, holders)))] : []),
  ];
}

function inStates(eb: OnCard, states: readonly string[]): Condition {
  const leaves = states.filter((state) => state.includes('.'));
  const phases = states.filter((state) => !state.includes('.'));
  return eb.or([
    ...(leaves.length > 0 ? [eb('state', 'in', leaves)] : []),
    ...(phases.length > 0 ? [eb('phase', 'in', phases)] : []),
  ]);
}

function inSilence(eb: OnCard, { at, withoutTrackSince }: Silence): Condition {
  return eb.or([
    eb('silent_from', '<=', at),
    eb.and([eb('quiet_since', '<=', withoutTrackSince), eb('silent_from', 'is', null)]),
  ]);
}

const has = (eb: OnCard, { role, team, people }: Holders): Condition =>
  eb.and([eb(`${role}_team`, '=', team), eb(`${role}_person`, 'in', people)]);
