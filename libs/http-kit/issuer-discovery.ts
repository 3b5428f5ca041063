import { isLoopback } from './start-refused.js';

const TIMEOUT_MS = 5_000;
const MOST_BYTES = 256 * 1024;

/** Whoever can change keys on the way can be anyone: encrypted, or on this machine. */
export const isSafeUrl = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));

/**
 * Where an OIDC issuer publishes its keys, by its own document at `/.well-known/openid-configuration`. No redirect is
 * followed: the issuer was named, whoever else it points to was not.
 *
 * @throws Error with a fixed sentence: it is away, is no issuer, speaks for another one, or names an unsafe place
 */
export async function discoverKeys(issuer: string): Promise<URL> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json' },
  });
  if (!answer.ok) throw new Error(`the issuer's discovery document is answered by ${answer.status}`);
  const text = await bounded(answer);
  const { issuer: speaksFor, jwks_uri: keys } = membersOf(text);
  if (speaksFor !== issuer) throw new Error('the discovery document is of another issuer');
  const url = typeof keys === 'string' && URL.canParse(keys) ? new URL(keys) : undefined;
  if (url === undefined || !isSafeUrl(url)) throw new Error('the discovery document names no https URL of keys');
  return url;
}

async function bounded(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += (part as Uint8Array).length;
    if (bytes > MOST_BYTES) throw new Error('the discovery document is too large');
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts).toString('utf8');
}

function membersOf(text: string): { readonly issuer?: unknown; readonly jwks_uri?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    throw new Error('the discovery document is no JSON');
  }
}
