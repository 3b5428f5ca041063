import { METRIC_CATALOGUE } from '../libs/metric-catalogue/metric-catalogue.js';
import type { Query } from './timed-queries.js';

/** Who asks: each sees another part of the leads. */
export type Tokens = Readonly<Record<'analyst' | 'marketing' | 'sales', string>>;
export interface Asked {
  readonly tokens: Tokens;
  /** of many leads, for the questions about one */
  readonly leads: readonly string[];
  /** an instant in the middle of history, and its month */
  readonly middle: string;
  /** one page of the leads as of then after the other, more than the server remembers */
  readonly pagesOfThen: readonly string[];
}

const PAGES = ['?limit=50', '?limit=100'];

/** Every route that reads views, in the forms that people and programs ask. */
export function viewQueries({ tokens, leads, middle, pagesOfThen }: Asked): Query[] {
  const { analyst, marketing, sales } = tokens;
  const query = (name: string, token: string, ...paths: string[]): Query => ({ name, token, paths });
  const ofLeads = (path: (lead: string) => string): string[] => leads.map(path);
  const lists = (path: string, ...more: string[]): string[] => [...PAGES, ...more].map((rest) => path + rest);
  const sorted = ['updated', 'created', 'stateSince', 'score'].map((key) => `?limit=50&sort=${key}`);
  return [
    query('leads', analyst, ...lists('/leads', ...sorted, '?state=working.contacted', '?source=organic_search')),
    query('leads, of a marketing team', marketing, ...lists('/leads', ...sorted, '?stewardTeam=brand')),
    query('leads, of a sales team', sales, ...lists('/leads', ...sorted, '?workerTeam=north&sort=queue')),
    query('leads as of then', analyst, `/leads?asOf=${middle}&limit=25`, `/leads?asOf=${middle}&limit=50`),
    query('leads as of then, page after page', analyst, ...pagesOfThen),
    query('lead card', analyst, ...ofLeads((lead) => `/leads/${lead}/card`)),
    query('lead owners', analyst, ...ofLeads((lead) => `/leads/${lead}/owners?at=${middle}`)),
    query(
      'marketing board',
      marketing,
      ...lists('/boards/marketing', '?silent=true', `?resumeBy=${middle}`, ...sorted),
    ),
    query('sales board', sales, ...lists('/boards/sales/north', '?person=sven', ...sorted)),
    query('worker’s list', sales, ...lists('/boards/workers/sven', ...sorted)),
    query('offers', sales, ...lists('/offers', '?late=true', '?team=north')),
    query('standstill', analyst, ...lists('/standstill', '?olderThanDays=30', '?olderThanDays=7&salesTeam=north')),
    query('standstill, of a sales team', sales, ...lists('/standstill', '?olderThanDays=30')),
    query('hygiene', analyst, '/hygiene', '/hygiene?team=north'),
    query('missing ratings', analyst, ...lists('/missing-ratings', '?team=north')),
    query('leavers', analyst, ...lists('/leavers', '?role=worker', '?team=south')),
    query('merge queue', analyst, ...lists('/merge-queue')),
    query('funnel', analyst, '/funnel', '/funnel?by=source,month', '/funnel?by=topic,campaign'),
    query(
      'ownership of a team',
      analyst,
      '/ownership?team=north',
      '/ownership?person=sven&limit=100',
      '/ownership?team=north&role=worker',
    ),
    query('changes by an actor', analyst, '/ownership/changes?actor=sven', '/ownership/changes?actor=rule'),
    ...METRIC_CATALOGUE.flatMap(({ id, by }) => {
      const pairs = by.flatMap((one, at) => by.slice(at + 1).map((other) => `/numbers/${id}?by=${one},${other}`));
      return [
        query(`number ${id}`, analyst, `/numbers/${id}`, ...by.map((one) => `/numbers/${id}?by=${one}`)),
        query(`number ${id} by two`, analyst, ...(pairs.length > 0 ? pairs : [`/numbers/${id}`])),
        query(`evidence of ${id}`, analyst, `/numbers/${id}/evidence`, `/numbers/${id}/evidence?source=organic_search`),
        query(`evidence of ${id}, of a sales team`, sales, `/numbers/${id}/evidence`),
      ];
    }),
  ];
}
