import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { DevKeyRefused, DevTokenIssuer, devKeyFile } from '../../libs/http-kit/dev-tokens.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { dataOption } from './options.js';

/** `baton jwks`: for trying the separate services without an identity provider. */
export function addJwksCommand(program: Command): void {
  program
    .command('jwks')
    .summary('print the public keys of the development key')
    .description(
      'Prints the public half of the development key of the data directory (made when there is none) as a JWK set. ' +
        'Services that are given it as BATON_JWKS, with its issuer and audience, accept the tokens of `baton token`: ' +
        'for trying them, never where others can reach them.',
    )
    .option('--out <file>', 'a file instead of the screen')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `
Example:
  $ baton jwks --out jwks.json
  $ export BATON_JWKS=jwks.json BATON_ISSUER=urn:baton:dev BATON_AUDIENCE=urn:baton`,
    )
    .action(printKeys);
}

async function printKeys({ data, out }: { readonly data: string; readonly out?: string }): Promise<void> {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  try {
    const { settings } = await DevTokenIssuer.open(devKeyFile(data), Date.now);
    const keys = `${JSON.stringify(settings.keys, null, 2)}\n`;
    if (out === undefined) process.stdout.write(keys);
    else await writeFile(out, keys);
  } catch (fault) {
    if (fault instanceof DevKeyRefused) throw new CommandFailed(EXIT.unusableInput, fault.message);
    throw fault;
  }
}
