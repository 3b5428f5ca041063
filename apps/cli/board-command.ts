import type { Command } from 'commander';
import { addBoardOptions, boardQuery, showBoard, type BoardOptions } from './board-pages.js';
import { MARKETING_COLUMNS } from './board-table.js';
import { EXIT_HELP } from './exit-codes.js';
import { instantGiven } from './export-command.js';

interface MarketingOptions extends BoardOptions {
  readonly team?: string;
  readonly steward?: string;
  readonly resumeBy?: string;
  readonly silent?: true;
}

/** `baton board`: marketing's leads by where they stand. */
export function addBoardCommand(program: Command): void {
  const command = program
    .command('board')
    .summary("marketing's leads: how many stand where, and which")
    .description("Marketing's leads: how many stand in which state, and which they are; the last updated first.")
    .option('--team <team>', 'only of this marketing team')
    .option('--steward <person>', 'only those of this steward')
    .option('--resume-by <time>', 'nurtured leads that are due again by then: a day or a time', instantGiven)
    .option('--silent', 'nurtured leads left alone for longer than their track or the agreement allows');
  addBoardOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ baton board --team brand --state nurturing,qualified
  $ baton board --source email --sort score --limit 50
  $ baton board --silent --json
${EXIT_HELP}`,
    )
    .action(show);
}

async function show(options: MarketingOptions): Promise<void> {
  const { team: stewardTeam, steward: stewardPerson, resumeBy, silent } = options;
  const query = boardQuery(options, { stewardTeam, stewardPerson, resumeBy, silent: silent && 'true' });
  await showBoard('/boards/marketing', query, options, MARKETING_COLUMNS);
}
