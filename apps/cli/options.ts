import { Option, type Command } from 'commander';

/** Where the embedded store and the development key lie. */
export const dataOption = (): Option =>
  new Option('--data <folder>', 'data directory of the embedded server').env('BATON_DATA').default('./data');

/** The options of every command that speaks with a server. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--url <address>',
        'the server; without it the one at http://127.0.0.1:3000, or none: then one runs in this process',
      ).env('BATON_URL'),
    )
    .addOption(
      new Option('--token <token>', 'bearer token; without it one by the development key of --data').env('BATON_TOKEN'),
    )
    .addOption(dataOption());
}
