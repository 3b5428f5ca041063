import { InvalidArgumentError, Option, type Command } from 'commander';
import type { JsonObject } from '../../libs/decider/json.js';
import { answered } from './answered.js';
import { leadsText, statesText, type BoardPage, type LeadColumn } from './board-table.js';
import type { HttpApi } from './http-api.js';
import { addReadingOptions, type ReadingOptions } from './options.js';
import { withBaton } from './reach-baton.js';
import { terminalColumns } from './terminal-columns.js';

const MOST = 500;
const SORTS = ['updated', 'created', 'stateSince', 'score'];

/** The options that every board has; what the server is asked stands under the names it knows. */
export interface BoardOptions extends ReadingOptions {
  readonly state?: string;
  readonly source?: string;
  readonly topic?: string;
  readonly campaign?: string;
  readonly stewardPerson?: string;
  readonly sort?: string;
  readonly ascending?: true;
  readonly limit: number;
  readonly cursor?: string;
  readonly all: boolean;
}

/** @throws InvalidArgumentError */
export function pageSize(text: string): number {
  const size = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > MOST) throw new InvalidArgumentError(`Give a number from 1 to ${MOST}.`);
  return size;
}

export function addBoardOptions(command: Command): Command {
  return addReadingOptions(
    command
      .option('--state <list>', 'only these, by commas: nurturing,working.contacted')
      .option('--source <source>', 'only leads from there')
      .option('--topic <topic>', 'only leads of this topic')
      .option('--campaign <campaign>', 'only leads of this campaign')
      .addOption(new Option('--sort <by>', "instead of the board's own order").choices(SORTS))
      .option('--ascending', 'goes with --sort: the lowest or oldest first')
      .option('--limit <leads>', `leads of a page, at most ${MOST}`, pageSize, 20)
      .option('--cursor <next>', 'the page after the one that named it')
      .option('--all', 'every page, one after the other', false),
  );
}

/** The parameters that every board's route has; absent ones are left out. */
export function boardQuery(options: BoardOptions, more: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const { state, source, topic, campaign, stewardPerson, sort, ascending, limit } = options;
  const direction = ascending && 'ascending';
  const asked = { state, source, topic, campaign, stewardPerson, sort, direction, limit: String(limit), ...more };
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(given);
}

/**
 * Asks for a board and prints it.
 *
 * @throws CommandFailed
 */
export async function showBoard(
  path: string,
  query: URLSearchParams,
  options: BoardOptions,
  columns: readonly LeadColumn[],
): Promise<void> {
  const page = await withBaton(options, options.as, (api) => pagesOf(api, path, query, options));
  const text = () => boardText(page as unknown as BoardPage, columns, Date.now(), terminalColumns());
  process.stdout.write(options.json ? `${JSON.stringify(page, null, 2)}\n` : text());
}

export function boardText(
  { states, leads, next }: BoardPage,
  columns: readonly LeadColumn[],
  now: number,
  width: number | undefined,
): string {
  const table = leads.length === 0 ? '' : leadsText(leads, columns, now, width);
  const more = next === undefined ? '' : `More: the same with --cursor ${next}\nor all with --all.\n`;
  return statesText(states, now, width) + table + more;
}

/** The page asked for, or all from there on as if they were one. */
async function pagesOf(
  api: HttpApi,
  path: string,
  query: URLSearchParams,
  { cursor, all }: Pick<BoardOptions, 'cursor' | 'all'>,
): Promise<JsonObject> {
  let at = cursor;
  const leads: unknown[] = [];
  for (;;) {
    if (at !== undefined) query.set('cursor', at);
    const page = answered(await api.get(`${path}?${query.toString()}`));
    leads.push(...(page['leads'] as unknown[]));
    at = page['next'] as string | undefined;
    if (!all || at === undefined) return { ...page, leads } as JsonObject;
  }
}
