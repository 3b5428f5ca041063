import { InvalidArgumentError, Option, type Command } from 'commander';
import { presetNames } from '../../libs/lead-import/presets.js';
import { DELIMITERS } from '../../libs/lead-import/delimiter.js';
import { ENCODINGS } from '../../libs/lead-import/text-decoding.js';
import { EXIT_HELP } from './exit-codes.js';
import { addConnectionOptions } from './options.js';
import type { ImportOptions } from './run-import.js';

const NAMED_DELIMITERS: Readonly<Record<string, string>> = { comma: ',', semicolon: ';', tab: '\t' };

function delimiterGiven(text: string): string {
  const delimiter = NAMED_DELIMITERS[text] ?? text;
  if ((DELIMITERS as readonly string[]).includes(delimiter)) return delimiter;
  throw new InvalidArgumentError('Give comma, semicolon or tab.');
}

function atOnceGiven(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 256) return count;
  throw new InvalidArgumentError('Give a number from 1 to 256.');
}

export function addImportCommand(program: Command): void {
  const command = program
    .command('import <file>')
    .summary('import leads, or their wins, from a CSV file')
    .description(
      'Imports a CSV file with a header line. The whole file is checked before the first row is sent; each row gets ' +
        'a verdict in the report. Running it again changes nothing: what was imported is known by its external id.',
    )
    .requiredOption('--map <map>', `a mapping in YAML, or one of: ${presetNames().join(', ')}`)
    .option('--report <file>', 'verdict per row, CSV or NDJSON by its ending (default: <file>.report.ndjson here)')
    .option('--dry-run', 'check and map every row, send nothing', false)
    .option('--steward-team <id>', 'marketing team that stewards the leads, in place of the mapping’s')
    .addOption(new Option('--encoding <name>', 'of the file').choices(ENCODINGS).default('utf-8'))
    .option('--delimiter <name>', 'comma, semicolon or tab (default: what the header shows)', delimiterGiven)
    .option('--at-once <rows>', 'rows in flight at a time', atOnceGiven, 32);
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
A mapping names where each field comes from:
  system: our-crm
  kind: leads
  teams: [{ id: north, kind: marketing, name: Marketing North }]
  steward: { team: north }
  fields:
    externalId: Contact ID
    source: { column: Lead source, table: { Google Ads: paid_search }, empty: unknown }
    topic: { column: [Product, Interest], optional: true }
    occurredAt: { column: Created, formats: ['dd.MM.yyyy HH:mm', dd.MM.yyyy] }
    profile: { companySizeBand: Employees, country: Country }
    details: { name: { join: [First, Last] }, email: E-mail }
The presets in libs/lead-import/presets are examples of every kind.

Examples:
  $ baton import contacts.csv --map hubspot --dry-run
  $ baton import leads.csv --map our-crm.yaml --report verdicts.csv
  $ baton import old.csv --map salesforce --encoding windows-1252 --delimiter semicolon
${EXIT_HELP}`,
    )
    .action(async (file: string, options: ImportOptions) => {
      const { runImport } = await import('./run-import.js');
      await runImport(file, options);
    });
}
