import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CopyRefused, copyStore, type CopyPhase } from '../../libs/event-store/copy-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite-event-store.js';
import { BuildProgress } from './build-progress.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';
import { dataOption } from './options.js';
import { adminOf, asCommand, namespaceOption, storeOption } from './store-options.js';

interface InitOptions {
  readonly store: string;
  readonly group: string;
  readonly resetPassword: boolean;
  readonly replaceRules: boolean;
}

/** `baton store`: what is done once with an EventStoreDB. */
export function addStoreCommand(program: Command): void {
  const store = program.command('store').description('prepare an EventStoreDB, and move a history to it');
  addInit(store);
  addCopy(store);
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

interface CopyOptions {
  readonly store: string;
  readonly namespace?: string;
  readonly data: string;
}

function addCopy(store: Command): void {
  store
    .command('copy')
    .summary('copy the embedded history to an EventStoreDB')
    .description(
      'Copies every event of the data directory with its id, revision and content, in the same order, and then compares ' +
        'both. The server over that directory must be stopped. Interrupted, it goes on where it stood; run again, it ' +
        'compares. Keys of personal data are in contacts.sqlite and keys.json, which are not copied by this; events are ' +
        'signed with event-signing.key, which the services take as BATON_EVENT_SIGNING_KEY.',
    )
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(namespaceOption())
    .addHelpText('after', `\nExample:\n  $ baton store copy --data ./data\n${EXIT_HELP}`)
    .action(copy);
}

async function copy({ store, namespace, data }: CopyOptions): Promise<void> {
  const file = join(data, 'events.sqlite');
  if (!existsSync(file)) throw new CommandFailed(EXIT.unusableInput, `there is no event store in ${data}`);
  const { openEventStoreDb } = await import('../../libs/event-store/eventstoredb/open-eventstoredb.js');
  const to = await asCommand(() => openEventStoreDb({ address: store, ...(namespace !== undefined && { namespace }) }));
  try {
    const from = await SqliteEventStore.open({ file });
    try {
      const total = Number((await from.head()) ?? 0);
      const bar = new BuildProgress(process.stderr, Date.now);
      // Each event is compared or copied, and then verified.
      const shown = (phase: CopyPhase, events: number): void =>
        bar.show(phase === 'verified' ? total + events : events, 2 * total);
      const { events, written, streams, hash } = await copyStore({ from, to, progress: shown })
        .catch(refused)
        .finally(() => bar.stop());
      process.stdout.write(`${events} events of ${streams} streams are the same in both, ${written} copied now\n`);
      process.stdout.write(`sha256 ${hash}\n`);
    } finally {
      await from.close();
    }
  } finally {
    await to.close();
  }
}

function refused(error: unknown): never {
  if (error instanceof CopyRefused) throw new CommandFailed(EXIT.failed, error.message);
  throw error;
}
