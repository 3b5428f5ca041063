import { Option, type Command } from 'commander';
import { TOKEN_ROLES, type TokenRole } from '../../libs/decider/decision.js';
import type { ConnectionOptions } from './reach-baton.js';

/** Where the embedded store and the development key lie. */
export const dataOption = (): Option =>
  new Option('--data <folder>', 'data directory of the embedded server').env('BATON_DATA').default('./data');

/** The options of every command that speaks with a server. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--url <address>',
        'the server; without it the one on this machine at BATON_PORT (3000), or none: then one runs in this process',
      ).env('BATON_URL'),
    )
    .addOption(
      new Option('--token <token>', 'bearer token; without it one by the development key of --data').env('BATON_TOKEN'),
    )
    .addOption(dataOption());
}

export interface ReadingOptions extends ConnectionOptions {
  readonly as: TokenRole;
  readonly json: boolean;
}

/** Options of commands that only read. */
export function addReadingOptions(command: Command): Command {
  return addConnectionOptions(
    command
      .option('--json', 'as the server answers it', false)
      .addOption(new Option('--as <role>', 'role of the development token').choices(TOKEN_ROLES).default('auditor')),
  );
}
