import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '../../http-kit/caller.js';
import type { PageCursors } from '../../http-kit/cursor.js';
import { malformed } from '../../http-kit/problem-exception.js';
import type { LeadCards } from '../lead-cards.js';
import type { Scope } from '../scope.js';
import type { CardsQuery } from './views.dto.js';

/** A lead as it was known at a time, for this caller now; undefined where it was not known yet. */
export type LeadAsOf = (lead: string, at: string, caller: Caller) => Promise<object | undefined>;

/** Each lead's stream is read: so many of them answer within some tens of milliseconds. */
const MOST_LEADS = 100;
/** Filters look at leads as they stand now, which says nothing about then. */
const GOES_WITH = ['asOf', 'limit', 'cursor'];

/** Leads as they were known at a time. A page may hold fewer than asked for, or none, and still have a next one. */
export class LeadsAsOf {
  constructor(
    private readonly cards: Pick<LeadCards, 'page'>,
    private readonly leadAsOf: LeadAsOf,
  ) {}

  /** Oldest first. @throws ProblemException 400 for parameters that do not go with `asOf` */
  async page(caller: Caller, scope: Scope, asOf: string, query: CardsQuery, cursors: PageCursors) {
    const given = Object.entries(query).find(([name, value]) => value !== undefined && !GOES_WITH.includes(name));
    if (given) throw malformed({ in: 'query', field: given[0], rule: 'does not go with asOf' });
    const after = cursors.after(['string', 'string']);
    const candidates = await this.cards.page({
      scope,
      sort: { by: 'created', direction: 'ascending' },
      ...(after && { after }),
      limit: Math.min(query.limit, MOST_LEADS),
    });
    // Nothing is recorded before it happens: a lead that was created later was not known.
    const created = candidates.cards.filter(({ createdAt }) => createdAt <= asOf);
    const leads: object[] = [];
    for (const { lead } of created) {
      const then = await this.leadAsOf(lead, asOf, caller);
      if (then) leads.push(then);
      // Streams are read in this thread: others' requests come in between.
      await nextTurn();
    }
    const more = created.length === candidates.cards.length ? candidates.next : undefined;
    return { asOf, leads, ...cursors.next(more) };
  }
}
