import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '../../http-kit/caller.js';
import type { PageCursors } from '../../http-kit/cursor.js';
import { malformed } from '../../http-kit/problem-exception.js';
import type { LeadCards } from '../lead-cards.js';
import type { Scope } from '../scope.js';
import type { CardsQuery } from './views.dto.js';

/** A lead as it was known at a time, for this caller now; undefined where it was not known yet. */
export type LeadAsOf = (lead: string, at: string, caller: Caller) => Promise<{ readonly revision: number } | undefined>;

const MOST_LEADS = 100;
/**
 * Leads are folded from their events, some 10 µs each: so many answer within some tens of milliseconds, and a page ends
 * where they are reached. A lead by itself takes about as long as so many of its events.
 */
const MOST_EVENTS = 2_000;
const EVENTS_PER_LEAD = 8;
/** Filters look at leads as they stand now, which says nothing about then. */
const GOES_WITH = ['asOf', 'limit', 'cursor'];

/** Leads as they were known at a time. A page may hold fewer than asked for, or none, and still have a next one. */
export class LeadsAsOf {
  constructor(
    private readonly cards: Pick<LeadCards, 'createdBy'>,
    private readonly leadAsOf: LeadAsOf,
  ) {}

  /** Oldest first. @throws ProblemException 400 for parameters that do not go with `asOf` */
  async page(caller: Caller, scope: Scope, asOf: string, query: CardsQuery, cursors: PageCursors) {
    const given = Object.entries(query).find(([name, value]) => value !== undefined && !GOES_WITH.includes(name));
    if (given) throw malformed({ in: 'query', field: given[0], rule: 'does not go with asOf' });
    const after = cursors.after(['string', 'string']);
    // Nothing is recorded before it happens: a lead that was created later was not known.
    const created = await this.cards.createdBy(asOf, {
      scope,
      ...(after && { after }),
      limit: Math.min(query.limit, MOST_LEADS),
    });
    const leads: object[] = [];
    let looked = 0;
    for (let events = 0; looked < created.leads.length && events < MOST_EVENTS; looked += 1) {
      const then = await this.leadAsOf(created.leads[looked]?.lead ?? '', asOf, caller);
      if (then) leads.push(then);
      events += EVENTS_PER_LEAD + (then?.revision ?? 0);
      // Streams are read in this thread: others' requests come in between.
      await nextTurn();
    }
    const last = created.leads[looked - 1];
    const more = created.more || looked < created.leads.length;
    return { asOf, leads, ...cursors.next(last && more ? [last.createdAt, last.lead] : undefined) };
  }
}
