import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { DATASETS, type DatasetName } from '../../libs/exports/dataset.js';
import { FILE_FORMATS, type FileFormat } from '../../libs/exports/export-formats.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';
import { addConnectionOptions } from './options.js';
import type { ExportOptions } from './run-export.js';

const DAY = /^\d{4}-\d\d-\d\d$/;

/** A day is its first instant in UTC; anything else is left to the server, which knows what a time is. */
export function instantGiven(text: string): string {
  const instant = DAY.test(text) ? `${text}T00:00:00Z` : text;
  if (Number.isNaN(Date.parse(instant)))
    throw new InvalidArgumentError('Give a day or a time such as 2026-01-31T12:00:00Z.');
  return instant;
}

type GivenExportOptions = Omit<ExportOptions, 'format'> & { readonly format?: FileFormat };

/** @throws CommandFailed where the name of the file does not say it */
export function formatByName(file: string): FileFormat {
  const named = FILE_FORMATS.find((format) => file.toLowerCase().endsWith(`.${format}`));
  if (named) return named;
  throw new CommandFailed(EXIT.unusableInput, `--out must end in .${FILE_FORMATS.join(', .')}, or --format be given`);
}

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .summary('write events, leads or ownership intervals to a file')
    .description(
      'Writes rows to a file, with a description of its columns beside it (<file>.schema.json). Events are those ' +
        'recorded in the range, leads those created in it, intervals those that touch it.',
    )
    .addArgument(new Argument('<dataset>', 'what to export').choices(DATASETS))
    .option('--from <time>', 'inclusive; a day or a time, UTC unless it says otherwise', instantGiven)
    .option('--to <time>', 'exclusive', instantGiven)
    .addOption(new Option('--format <name>', 'of the file (default: what its name ends in)').choices(FILE_FORMATS))
    .requiredOption('--out <file>', 'replaced when the export is whole, and only then')
    .option('--with-personal-data', 'also names, addresses and notes; needs a token with role privacy', false);
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ baton export events --from 2026-01-01 --to 2026-04-01 --out events.parquet
  $ baton export leads --out leads.csv
  $ baton export intervals --format ndjson --out intervals.txt
How to read them: docs/analysts.md
${EXIT_HELP}`,
    )
    .action(async (dataset: DatasetName, options: GivenExportOptions) => {
      const format = options.format ?? formatByName(options.out);
      const { runExport } = await import('./run-export.js');
      await runExport(dataset, { ...options, format });
    });
}
