import type { Command } from 'commander';
import { EXIT_HELP } from './exit-codes.js';
import { findLeads } from './lead-find.js';
import { showLead } from './lead-show.js';
import { addReadingOptions } from './options.js';

export function addLeadCommands(program: Command): void {
  const lead = program.command('lead').description('look at leads');
  addReadingOptions(lead.command('show <id>').description('a lead as it stands, and all that happened to it'))
    .addHelpText('after', `\nExample:\n  $ baton lead show 0b0f6f6e-7a7c-8a5e-9d43-3f4f0d8d1c11\n${EXIT_HELP}`)
    .action(showLead);
  addReadingOptions(lead.command('find').description('leads by their id in another system'))
    .requiredOption('--system <name>', 'the system, as the mapping of the import names it')
    .requiredOption('--id <id>', 'the id there')
    .addHelpText('after', `\nExample:\n  $ baton lead find --system hubspot --id 1051\n${EXIT_HELP}`)
    .action(findLeads);
}
