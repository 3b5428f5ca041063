import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { HttpApi } from './http-api.js';
import { addConnectionOptions } from './options.js';
import { withBaton, type ConnectionOptions } from './reach-baton.js';

export interface OperatingOptions extends ConnectionOptions {
  readonly json: boolean;
}

/** Options of commands for those who keep Baton running. */
export const addOperatingOptions = (command: Command): Command =>
  addConnectionOptions(command.option('--json', 'as the server answers it', false));

/**
 * Does something as an administrator, with an idempotency key of its own.
 *
 * @throws CommandFailed
 */
export const operate = <Result>(
  options: ConnectionOptions,
  work: (api: HttpApi, key: string) => Promise<Result>,
): Promise<Result> => withBaton(options, 'admin', (api) => work(api, randomUUID()));

export function print(body: object, { json }: Pick<OperatingOptions, 'json'>, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(body, null, 2)}\n` : text());
}
