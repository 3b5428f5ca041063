import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { isUuid } from '../../libs/ids/uuid.js';
import { answered } from './answered.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import type { HttpApi } from './http-api.js';

/** As long as the longest e-mail address that the server takes. */
const LONGEST_ADDRESS = 320;

export interface AddressLines extends AsyncIterable<string | Buffer> {
  readonly isTTY?: boolean;
}

/** Who is meant: a contact by its id, or else an address, which is asked for once the command line is known to be good. */
export type PersonAsked = { readonly contact: string } | { readonly email: string } | { readonly phone: string };

/**
 * An address is read from the standard input, never from the command line, which other users of a machine can list and
 * a shell remembers.
 *
 * @throws CommandFailed without ever repeating what was typed
 */
export async function personAsked(contact: string | undefined, input: AddressLines): Promise<PersonAsked> {
  if (contact !== undefined) {
    if (isUuid(contact)) return { contact };
    throw unusable('the contact must be its id, a UUID in lower case; an address is read from the standard input');
  }
  const address = (await firstLine(input)).trim();
  if (address === '') throw unusable('no address: give an e-mail address or a phone number on the standard input');
  if (address.length > LONGEST_ADDRESS) throw unusable(`the address has more than ${LONGEST_ADDRESS} characters`);
  return address.includes('@') ? { email: address } : { phone: address };
}

/** The contact that is meant; undefined where nobody is known by the address: one address is one contact's. */
export async function contactKnown(api: HttpApi, asked: PersonAsked): Promise<string | undefined> {
  if ('contact' in asked) return asked.contact;
  // Only a look, yet with a key: it can be sent again, and each look is logged.
  const { contacts } = answered(await api.post('/data-subjects/search', asked, randomUUID()));
  return (contacts as readonly string[])[0];
}

/** @throws CommandFailed where nobody is known by the address */
export async function contactOf(api: HttpApi, asked: PersonAsked): Promise<string> {
  const contact = await contactKnown(api, asked);
  if (contact === undefined) throw new CommandFailed(EXIT.failed, 'nobody is known by this address');
  return contact;
}

async function firstLine(input: AddressLines): Promise<string> {
  if (input === process.stdin && input.isTTY) {
    const asking = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await asking.question('E-mail address or phone number: ');
    } finally {
      asking.close();
    }
  }
  let text = '';
  for await (const chunk of input) {
    text += chunk.toString();
    if (text.includes('\n') || text.length > LONGEST_ADDRESS * 2) break;
  }
  return text.split('\n', 1)[0] ?? '';
}

const unusable = (why: string): CommandFailed => new CommandFailed(EXIT.unusableInput, why);
