import { InvalidArgumentError, type Command } from 'commander';
import { DAY, QUARTER_DAYS } from '../../libs/demo/working-time.js';
import { EXIT_HELP } from './exit-codes.js';
import { dataOption } from './options.js';

interface DemoOptions {
  readonly data: string;
  readonly seed: number;
  readonly leads: number;
  readonly until?: number;
}

const MOST_LEADS = 50_000;

function seedGiven(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 0 to 999999999.');
}

function leadsGiven(text: string): number {
  const leads = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (leads >= 1 && leads <= MOST_LEADS) return leads;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${MOST_LEADS}.`);
}

function untilGiven(text: string): number {
  const until = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
  if (until <= Date.now() && until >= Date.UTC(2001)) return until;
  throw new InvalidArgumentError('Give a day such as 2026-03-31, not later than today.');
}

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .summary('write a made-up quarter of two marketing and three sales teams')
    .description(
      `Writes ${QUARTER_DAYS} days of made-up leads into an empty data directory, every event by the real commands and ` +
        'rules on a clock that is driven. The same seed, number and day tell the same story; keys and ids are new each ' +
        'time. A file DEMO.txt marks the folder: it is for looking around, not for real leads.',
    )
    .addOption(dataOption())
    .option('--seed <number>', 'another number, another story', seedGiven, 1)
    .option('--leads <number>', 'how many people come', leadsGiven, 3_000)
    .option('--until <day>', 'the day (UTC) before which the quarter ends (default: today)', untilGiven)
    .addHelpText('after', `\nExample:\n  $ baton demo --data ./demo-data\n${EXIT_HELP}`)
    .action(runDemo);
}

async function runDemo({ data, seed, leads, until = today() }: DemoOptions): Promise<void> {
  // Only here: it reads the whole command side.
  const { writeDemo } = await import('./write-demo.js');
  const { acts } = await writeDemo(data, { seed, leads, until }, process.stderr);
  process.stdout.write(`${acts} commands of a made-up quarter are written. Look at it:\n${whatNext(data)}`);
}

const today = (): number => Math.floor(Date.now() / DAY) * DAY;

const whatNext = (
  data: string,
): string => `  BATON_DATA=${data} npm start            # in another shell: serves it at http://127.0.0.1:3000
  export BATON_DATA=${data}
  baton funnel --by source                # where leads come from, and what becomes of them
  baton funnel --by month
  baton token --subject maria --role marketing   # steward in "brand"; mona manages it
  baton token --subject sven --role sales        # works in "north"; sara manages it
`;
