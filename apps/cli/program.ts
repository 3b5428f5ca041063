import { Command } from 'commander';
import { addBackupCommands } from './backup-command.js';
import { addBoardCommand } from './board-command.js';
import { addAuditCommand } from './audit-command.js';
import { addDeadLetterCommand } from './dead-letter-command.js';
import { addDemoCommand } from './demo-command.js';
import { EXIT_HELP } from './exit-codes.js';
import { addExportCommand } from './export-command.js';
import { addFunnelCommand } from './funnel-command.js';
import { addImportCommand } from './import-command.js';
import { addJwksCommand } from './jwks-command.js';
import { addLeadCommands } from './lead-commands.js';
import { addPrivacyCommand } from './privacy-command.js';
import { addProjectionCommand } from './projection-command.js';
import { addQueueCommand } from './queue-command.js';
import { addRelayCommand } from './relay-command.js';
import { addStoreCommand } from './store-command.js';
import { addTokenCommand } from './token-command.js';
import { addTopicsCommand } from './topics-command.js';

/** The command line of Baton. */
export function program(): Command {
  const baton = new Command('baton')
    .description('Who has the lead? The shared, provable history of every lead.')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showHelpAfterError('(baton help shows how)')
    .exitOverride()
    .addHelpText('after', EXIT_HELP);
  addTokenCommand(baton);
  addJwksCommand(baton);
  addImportCommand(baton);
  addLeadCommands(baton);
  addBoardCommand(baton);
  addQueueCommand(baton);
  addFunnelCommand(baton);
  addExportCommand(baton);
  addDemoCommand(baton);
  addPrivacyCommand(baton);
  addProjectionCommand(baton);
  addDeadLetterCommand(baton);
  addAuditCommand(baton);
  addTopicsCommand(baton);
  addRelayCommand(baton);
  addBackupCommands(baton);
  addStoreCommand(baton);
  inheritSettings(baton);
  return baton;
}

/** Subcommands throw like their parent, so that one place decides about exit codes. */
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}
