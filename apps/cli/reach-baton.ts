import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenRole } from '../../libs/decider/decision.js';
import { LONGEST_DEV_TOKEN_SECONDS } from '../../libs/http-kit/dev-tokens.js';
import { ApiFault } from '../../libs/lead-import/baton-api.js';
import { devKeyFile } from '../../libs/http-kit/dev-tokens.js';
import { developmentToken } from './development-token.js';
import { CommandFailed, EXIT } from './exit-codes.js';
import { HttpApi } from './http-api.js';

/** Where `npm start` serves on this machine. */
const ownUrl = (): string => `http://127.0.0.1:${process.env['BATON_PORT'] ?? '3000'}`;

/** Options of every command that speaks with a server. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly data: string;
}

/** A mistyped folder is not to be filled with keys and an empty history by a command that looks or operates. */
type WithoutData = 'refused' | 'begun';

/**
 * Does something with Baton: the server that was named, else the one on this machine, else one in this process over
 * the data directory, which is stopped afterwards. A directory without data is begun only by who asks for that.
 *
 * @throws CommandFailed
 */
export async function withBaton<Result>(
  options: ConnectionOptions,
  role: TokenRole,
  work: (api: HttpApi) => Promise<Result>,
  withoutData: WithoutData = 'refused',
): Promise<Result> {
  const server = await reach(options, withoutData);
  try {
    return await work(new HttpApi(server.url, options.token ?? (await ownToken(options, role))));
  } catch (fault) {
    throw fault instanceof ApiFault ? failureOf(fault) : fault;
  } finally {
    await server.stop();
  }
}

interface Reached {
  readonly url: string;
  stop(): Promise<void>;
}

async function reach({ url, data }: ConnectionOptions, withoutData: WithoutData): Promise<Reached> {
  if (url !== undefined) return { url: baseOf(url), stop: async () => undefined };
  const own = ownUrl();
  if (await answers(own)) return { url: own, stop: async () => undefined };
  // Only here: reading the whole server takes longer than most commands.
  const { startEmbedded } = await import('../baton/embedded.js');
  const { STORE_FILE } = await import('../baton/embedded-stores.js');
  if (withoutData === 'refused' && !existsSync(join(data, STORE_FILE))) {
    throw new CommandFailed(EXIT.unreachable, `no server answers at ${own}, and ${data} holds no data`);
  }
  return startEmbedded({ dataDir: data, host: '127.0.0.1', port: 0, logLevel: 'error' });
}

function baseOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed.href.replace(/\/$/, '');
  throw new CommandFailed(EXIT.unusableInput, '--url must be an http or https address');
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** By the key that the server of that data directory made; nobody else's server would accept it. */
async function ownToken({ data }: ConnectionOptions, role: TokenRole): Promise<string> {
  if (!existsSync(devKeyFile(data))) {
    throw new CommandFailed(EXIT.notAllowed, 'a token is needed: --token, BATON_TOKEN, or --data of that server');
  }
  const request = { subject: 'baton-cli', roles: [role], lifetimeSeconds: LONGEST_DEV_TOKEN_SECONDS };
  return developmentToken(data, request, Date.now);
}

function failureOf({ kind, message }: ApiFault): CommandFailed {
  return new CommandFailed(kind === 'unreachable' ? EXIT.unreachable : EXIT.notAllowed, message);
}
