import type { Command } from 'commander';
import { addBoardOptions, boardQuery, showBoard, type BoardOptions } from './board-pages.js';
import { SALES_COLUMNS } from './board-table.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';

interface QueueOptions extends BoardOptions {
  readonly team?: string;
  readonly person?: string;
}

/** `baton queue`: what a sales team, or one of its people, has before it. */
export function addQueueCommand(program: Command): void {
  const command = program
    .command('queue')
    .summary("a sales team's queue, or one salesperson's list")
    .description(
      "A sales team's queue, or one salesperson's list: offers first, by the time left to answer them, then what is " +
        'worked, then losses that are to be decided.',
    )
    .option('--team <team>', 'the sales team')
    .option('--person <person>', 'of it, or without a team of every team: what this one is offered, works or lost');
  addBoardOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ baton queue --team north
  $ baton queue --team north --person sven --state offered
  $ baton queue --person sven --all
${EXIT_HELP}`,
    )
    .action(show);
}

async function show(options: QueueOptions): Promise<void> {
  const { team, person } = options;
  const query = boardQuery(options, team === undefined ? {} : { person });
  await showBoard(pathOf(team, person), query, options, SALES_COLUMNS);
}

function pathOf(team: string | undefined, person: string | undefined): string {
  if (team !== undefined) return `/boards/sales/${encodeURIComponent(team)}`;
  if (person !== undefined) return `/boards/workers/${encodeURIComponent(person)}`;
  throw new CommandFailed(EXIT.unusableInput, 'whose queue? give --team, --person or both');
}
