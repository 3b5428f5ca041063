import type { JSONWebKeySet } from 'jose';
import { readFileSync } from 'node:fs';
import { isSafeUrl } from './issuer-discovery.js';
import { StartRefused } from './start-refused.js';
import type { IssuerSettings } from './token-verifier.js';

/**
 * The OIDC issuer from BATON_ISSUER, BATON_AUDIENCE, BATON_JWKS (an https URL, or the path of a JSON file; default: what
 * the issuer's own discovery document says) and BATON_ROLES_CLAIM (default `roles`); undefined when no issuer is
 * configured.
 *
 * @throws StartRefused in one line, for a setting that is missing or unsafe
 */
export function issuerFromEnvironment(environment: Readonly<NodeJS.ProcessEnv>): IssuerSettings | undefined {
  const { BATON_ISSUER: issuer, BATON_AUDIENCE: audience, BATON_JWKS: jwks } = environment;
  if (!issuer && !audience && !jwks) return undefined;
  if (!issuer || !audience) throw new StartRefused('BATON_ISSUER and BATON_AUDIENCE must be set together');
  const rolesClaim = environment['BATON_ROLES_CLAIM'] || 'roles';
  return { how: 'oidc', issuer, audience, rolesClaim, keys: keysFrom(jwks, issuer) };
}

function keysFrom(jwks: string | undefined, issuer: string): IssuerSettings['keys'] {
  if (jwks) return /^https?:/i.test(jwks) ? safeUrl('BATON_JWKS', jwks) : keyFile(jwks);
  safeUrl('BATON_ISSUER', issuer, ', or BATON_JWKS must be set');
  return 'discovered';
}

/** Whoever can change the keys on the way can be anyone. */
function safeUrl(setting: string, text: string, orElse = ''): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isSafeUrl(url)) return url;
  throw new StartRefused(`${setting} must be an https URL, except on loopback${orElse}`);
}

function keyFile(path: string): JSONWebKeySet {
  try {
    const set = JSON.parse(readFileSync(path, 'utf8')) as Partial<JSONWebKeySet> | null;
    if (Array.isArray(set?.keys) && set.keys.length > 0) return { keys: set.keys };
  } catch {
    // Told below, without what the file holds.
  }
  throw new StartRefused('BATON_JWKS must name a readable JSON file with a non-empty list of keys');
}
