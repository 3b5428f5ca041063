import { ageText } from './projection-builds.js';
import { ownerText, tableOf, type OwnerLike } from './table.js';

/** A lead as boards answer it, as far as the tables show it. Times are ISO 8601 UTC. */
export interface BoardLead {
  readonly lead: string;
  readonly state: string;
  readonly stateSince: string;
  readonly source: string;
  readonly topic: string;
  readonly campaign?: string;
  readonly score?: { readonly total: number };
  readonly owners: Readonly<Record<string, OwnerLike | undefined>>;
  readonly offer?: { readonly acceptBy?: string };
  readonly resumeAt?: string;
  readonly silentFrom?: string;
  readonly lastTouchAt?: string;
}
export interface BoardState {
  readonly state: string;
  readonly leads: number;
  readonly oldestSince?: string;
}
export interface BoardPage {
  readonly states: readonly BoardState[];
  readonly leads: readonly BoardLead[];
  readonly next?: string;
}

/** One column of a table of leads. */
export type LeadColumn = readonly [title: string, text: (lead: BoardLead, now: number) => string];

const NARROW = 110;
/** Below this a lead's id would be broken if anything stood beside it. */
const VERY_NARROW = 70;

const since = (time: string | undefined, now: number): string =>
  time === undefined ? '–' : ageText(Math.max(1, now - Date.parse(time)));
const day = (time: string): string => time.slice(0, 16).replace('T', ' ');

const LEAD: LeadColumn = ['Lead', ({ lead }) => lead];
const STATE: LeadColumn = ['State', ({ state }) => state];
const AGE: LeadColumn = ['For', ({ stateSince }, now) => since(stateSince, now)];
const ORIGIN: LeadColumn = [
  'From',
  ({ source, topic, campaign }) => [source, topic, campaign].filter(Boolean).join('\n'),
];
const SCORE: LeadColumn = ['Score', ({ score }) => (score ? String(score.total) : '–')];
const TOUCHED: LeadColumn = ['Last touch', ({ lastTouchAt }, now) => since(lastTouchAt, now)];
const stacked = (owner: OwnerLike | undefined): string => ownerText(owner).replace('/', '\n');
const SALES: LeadColumn = ['Sales', ({ owners }) => stacked(owners['offeree'] ?? owners['worker'])];

/** What marketing looks at: whose it is, and when it is due again. */
export const MARKETING_COLUMNS: readonly LeadColumn[] = [
  LEAD,
  STATE,
  AGE,
  ORIGIN,
  SCORE,
  ['Steward', ({ owners }) => stacked(owners['steward'])],
  SALES,
  ['Resume', ({ resumeAt, silentFrom }, now) => resumeText(resumeAt, silentFrom, now)],
];
/** What sales looks at: what waits for an answer, and for how long it still may. */
export const SALES_COLUMNS: readonly LeadColumn[] = [
  LEAD,
  STATE,
  AGE,
  ['Answer in', ({ offer }, now) => answerText(offer?.acceptBy, now)],
  SALES,
  ORIGIN,
  SCORE,
  TOUCHED,
];

function resumeText(resumeAt: string | undefined, silentFrom: string | undefined, now: number): string {
  const silent = silentFrom !== undefined && Date.parse(silentFrom) <= now ? ['left alone'] : [];
  return [...(resumeAt === undefined ? [] : [day(resumeAt)]), ...silent].join('\n') || '–';
}

function answerText(acceptBy: string | undefined, now: number): string {
  if (acceptBy === undefined) return '–';
  const left = Date.parse(acceptBy) - now;
  return left < 0 ? `late: ${ageText(-left)}` : ageText(Math.max(1, left));
}

/** How many leads stand where, as the numbers of a board; with the age of the longest. */
export function statesText(states: readonly BoardState[], now: number, columns: number | undefined): string {
  if (states.length === 0) return 'No leads.\n';
  const rows = states.map(({ state, leads, oldestSince }) => [state, String(leads), since(oldestSince, now)]);
  return tableOf(['State', 'Leads', 'Longest'], rows, columns);
}

/**
 * A table of leads that fits the terminal: on a narrow one id and state stand above each other beside the rest, on a
 * very narrow one everything of a lead is one cell, in which its id is whole from 40 columns on.
 */
export function leadsText(
  leads: readonly BoardLead[],
  columns: readonly LeadColumn[],
  now: number,
  width: number | undefined,
): string {
  if (width === undefined || width >= NARROW) {
    const rows = leads.map((lead) => columns.map(([, text]) => text(lead, now)));
    return tableOf(
      columns.map(([title]) => title),
      rows,
      width,
    );
  }
  const rows = leads.map((lead) => {
    const rest = columns.slice(2).map(([title, text]) => [title, text(lead, now).replaceAll('\n', ' / ')] as const);
    const named = rest.filter(([, text]) => text !== '–').map(([title, text]) => `${title}: ${text}`);
    return [`${lead.lead}\n${lead.state}`, named.join('\n')];
  });
  if (width >= VERY_NARROW) return tableOf(['Lead', 'What of it'], rows, width);
  return tableOf(
    ['Lead'],
    rows.map((cells) => [cells.join('\n')]),
    width,
  );
}
