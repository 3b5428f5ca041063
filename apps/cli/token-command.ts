import { InvalidArgumentError, Option, type Command } from 'commander';
import { TOKEN_ROLES, type TokenRole } from '../../libs/decider/decision.js';
import { DevKeyRefused } from '../../libs/http-kit/dev-tokens.js';
import { developmentToken } from './development-token.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { dataOption } from './options.js';

interface TokenOptions {
  readonly subject: string;
  readonly role: readonly TokenRole[];
  readonly lifetime: number;
  readonly client?: string;
  readonly data: string;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Seconds of a length such as `30m` or `8h`. */
export function lifetimeOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? NaN);
  if (Number.isNaN(seconds)) throw new InvalidArgumentError('Give a length such as 90s, 30m or 8h.');
  return seconds;
}

export function addTokenCommand(program: Command): void {
  program
    .command('token')
    .summary('print a development token for this machine')
    .description(
      'Prints a token signed with the development key of the data directory (made when there is none). ' +
        'Only a server over the same data directory, bound to this machine and without an issuer, accepts it.',
    )
    .requiredOption('--subject <id>', 'whom the token stands for; an opaque id, no e-mail address')
    .addOption(new Option('--role <role...>', 'what they may do').choices(TOKEN_ROLES).makeOptionMandatory())
    .option('--lifetime <length>', 'at most 12h', lifetimeOf, 8 * 3600)
    .option('--client <id>', 'the scope of idempotency keys (default: the subject)')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `
Examples:
  $ export BATON_TOKEN=$(baton token --subject maria --role marketing)
  $ baton token --subject root --role admin --lifetime 30m`,
    )
    .action(printToken);
}

async function printToken({ subject, role, lifetime, client, data }: TokenOptions): Promise<void> {
  const request = { subject, roles: role, lifetimeSeconds: lifetime, ...(client === undefined ? {} : { client }) };
  try {
    process.stdout.write(`${await developmentToken(data, request, Date.now)}\n`);
  } catch (fault) {
    if (fault instanceof RangeError || fault instanceof DevKeyRefused) {
      throw new CommandFailed(EXIT.unusableInput, fault.message);
    }
    throw fault;
  }
  process.stderr.write('Send it as "Authorization: Bearer <token>", or set BATON_TOKEN for baton.\n');
}
