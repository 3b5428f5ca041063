import { Option } from 'commander';
import { AddressRefused, type Credentials } from '../../libs/event-store/eventstoredb/address.js';
import { SetUpRefused } from '../../libs/event-store/eventstoredb/access-rules.js';
import { CommandFailed, EXIT } from './exit-codes.js';

/** The server, best given by the environment: a command line is seen by everybody on the machine. */
export const storeOption = (): Option =>
  new Option('--store <address>', 'EventStoreDB, as esdb://USER:PASSWORD@HOST:2113?tlsCAFile=FILE')
    .env('BATON_EVENT_STORE')
    .makeOptionMandatory();

export const namespaceOption = (): Option =>
  new Option('--namespace <name>', "before the streams' names, where several Batons share a server").env(
    'BATON_EVENT_STORE_NAMESPACE',
  );

/** @throws CommandFailed where it is not USER:PASSWORD */
export function adminOf(text: string | undefined): Credentials {
  const [username, password] = /^([^:]+):(.+)$/.exec(text ?? '')?.slice(1) ?? [];
  if (username && password) return { username, password };
  throw new CommandFailed(
    EXIT.unusableInput,
    "BATON_EVENT_STORE_ADMIN must be USER:PASSWORD of one of the server's administrators",
  );
}

/** Refusals of the store as a command's end. */
export async function asCommand<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AddressRefused) throw new CommandFailed(EXIT.unreachable, error.message);
    if (error instanceof SetUpRefused) throw new CommandFailed(EXIT.failed, error.message);
    throw error;
  }
}
