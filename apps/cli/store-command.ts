import type { Command } from 'commander';
import { EXIT_HELP } from './exit-codes.js';
import { adminOf, asCommand, storeOption } from './store-options.js';

interface InitOptions {
  readonly store: string;
  readonly group: string;
  readonly resetPassword: boolean;
  readonly replaceRules: boolean;
}

/** `baton store`: what is done once with an EventStoreDB. */
export function addStoreCommand(program: Command): void {
  const store = program.command('store').description('Prepares an EventStoreDB, and moves a history to it.');
  addInit(store);
}

function addInit(store: Command): void {
  store
    .command('init')
    .summary("make the service's user and access rules, and prove them")
    .description(
      "Makes the user of the address in its group, and sets the server's default rules: the group reads, writes and " +
        'follows all streams; only administrators delete them or set their metadata. Then it proves by the user itself ' +
        'that a deletion is refused. Running it again changes nothing. The administrator comes from ' +
        'BATON_EVENT_STORE_ADMIN=USER:PASSWORD, and is needed here only.',
    )
    .addOption(storeOption())
    .option('--group <name>', 'the group that may read and write', 'baton')
    .option('--reset-password', "set an existing user's password to the address's", false)
    .option('--replace-rules', 'replace access rules that somebody else has set', false)
    .addHelpText(
      'after',
      `
Example:
  $ export BATON_EVENT_STORE='esdb://baton:SECRET@store.example:2113?tlsCAFile=ca.pem'
  $ BATON_EVENT_STORE_ADMIN='admin:changeit' baton store init
${EXIT_HELP}`,
    )
    .action(init);
}

async function init({ store, group, resetPassword, replaceRules }: InitOptions): Promise<void> {
  const admin = adminOf(process.env['BATON_EVENT_STORE_ADMIN']);
  // Loaded here: the other commands do without the driver.
  const { setUpAccess } = await import('../../libs/event-store/eventstoredb/access-set-up.js');
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  await asCommand(() => setUpAccess({ address: store, admin, group, resetPassword, replaceRules, tell }));
}
