import { randomBytes, randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { formatEventKeys, type EventKeys } from '../../libs/contracts/event-keys.js';
import { KEY_NAME, SIGNING_KEY_FILE } from '../../libs/event-signing/signing-key.js';
import { announcedKeys } from '../../libs/log-decisions/announced-keys.js';
import { openSigningKey } from '../../libs/note-keys/signing-key-file.js';
import { formatVkey, idHex, SIGNATURE_TYPE } from '../../libs/transparency-log/note-key.js';
import { answered } from './answered.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';
import { addConnectionOptions, dataOption } from './options.js';
import { withBaton, type ConnectionOptions } from './reach-baton.js';
import { openForReading } from './reading-store.js';
import { tableOf } from './table.js';
import { terminalColumns } from './terminal-columns.js';

interface RotateOptions extends ConnectionOptions {
  readonly keyFile?: string;
}

/** `baton audit key`: the keys with which events are signed. */
export function addKeyCommand(audit: Command): void {
  const key = audit.command('key').description('the keys with which events are signed');
  key
    .command('list')
    .description('each key, and when it was in use, as the store announces them')
    .addOption(dataOption())
    .addHelpText('after', EXIT_HELP)
    .action(list);
  key
    .command('export')
    .description('the event keys file for an auditor, to be handed over by another way than the server')
    .requiredOption('--out <file>', 'a new file')
    .addOption(dataOption())
    .addHelpText('after', EXIT_HELP)
    .action(exportKeys);
  addConnectionOptions(
    key
      .command('rotate')
      .description('make the next key, have it announced, and put it in the place of the one before')
      .addOption(
        new Option('--key-file <file>', 'of the services; default: that of --data').env('BATON_EVENT_SIGNING_KEY'),
      ),
  )
    .addHelpText('after', EXIT_HELP)
    .action(rotate);
  addConnectionOptions(
    key
      .command('retire <key>')
      .description('end a key (8 hex digits), once every process has started with the next one')
      .option('--reason <code>', 'why', 'rotated'),
  )
    .addHelpText('after', EXIT_HELP)
    .action(retire);
}

async function list({ data }: { readonly data: string }): Promise<void> {
  const rows = [...(await keysOf(data))].map(([id, { key, from, until }]) => [id, from, until ?? '–', formatVkey(key)]);
  process.stdout.write(tableOf(['Key', 'From', 'Until', 'vkey'], rows, terminalColumns()));
}

async function exportKeys({ data, out }: { readonly data: string; readonly out: string }): Promise<void> {
  const keys = await keysOf(data);
  try {
    await writeFile(out, formatEventKeys(keys), { flag: 'wx' });
  } catch (fault) {
    throw new CommandFailed(EXIT.unusableInput, `${out} cannot be made (${(fault as NodeJS.ErrnoException).code})`);
  }
  process.stdout.write(
    `${keys.size === 1 ? 'the only key is' : `all ${keys.size} keys are`} in ${out}; hand the file over by another way than the server\n`,
  );
}

async function keysOf(data: string): Promise<EventKeys> {
  const store = await openForReading(data);
  try {
    const keys = await announcedKeys(store);
    if (!keys.ok) throw new CommandFailed(EXIT.failed, `the keys are not as they were announced: ${keys.problem}`);
    return keys.value;
  } finally {
    await store.close();
  }
}

/** Broken off anywhere, it is run again: the next key is kept beside until it is announced. */
async function rotate(options: RotateOptions): Promise<void> {
  const file = options.keyFile ?? join(options.data, SIGNING_KEY_FILE);
  const next = openSigningKey(`${file}.next`, KEY_NAME, SIGNATURE_TYPE.ed25519, randomBytes);
  const vkey = formatVkey(next.key);
  await withBaton(options, 'admin', async (api) =>
    answered(await api.post('/audit/event-keys/announce', { vkey }, randomUUID())),
  );
  renameSync(`${file}.next`, file);
  process.stdout.write(
    `${idHex(next.key.id)} is announced and in ${file}: restart every process that signs, then retire the key before it\n`,
  );
}

async function retire(key: string, { reason, ...options }: ConnectionOptions & { readonly reason: string }) {
  await withBaton(options, 'admin', async (api) =>
    answered(await api.post('/audit/event-keys/retire', { key, reason }, randomUUID())),
  );
  process.stdout.write(`${key} is retired; give auditors the new file (baton audit key export)\n`);
}
