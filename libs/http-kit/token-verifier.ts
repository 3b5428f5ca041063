import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import type { Clock } from '../decider/clock.js';
import { TOKEN_ROLES, type TokenRole } from '../decider/decision.js';
import type { Caller } from './caller.js';
import { discoverKeys } from './issuer-discovery.js';
import { SUBJECT_PATTERN } from './subject.js';

/** Asymmetric only, so that a public key can never serve as a shared secret. */
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256'];
const CLOCK_TOLERANCE_SECONDS = 30;
const MOST_TOKEN_LENGTH = 8 * 1024;
const CLIENT_PATTERN = /^[\x21-\x7e]{1,255}$/;

export interface IssuerSettings {
  readonly how: Caller['how'];
  /** the exact `iss` of accepted tokens */
  readonly issuer: string;
  /** must be among a token's `aud` */
  readonly audience: string;
  /** the issuer's public keys: where they are published, the set itself, or where the issuer's own document says */
  readonly keys: URL | JSONWebKeySet | 'discovered';
  /** the claim that lists the roles; default `roles` */
  readonly rolesClaim?: string;
}

export type Verification =
  | { readonly ok: true; readonly caller: Caller }
  /** `rule` is a fixed sentence that holds nothing of the token */
  | { readonly ok: false; readonly rule: string };

/** @throws IssuerAway when the issuer's keys cannot be read: then nobody is let in, and it is not the token's fault */
export type TokenVerifier = (token: string) => Promise<Verification>;

export class IssuerAway extends Error {
  override name = 'IssuerAway';
}

/** A verifier for one issuer. Keys come from its set alone: `jku`, `x5u`, `jwk` and `x5c` in a token are not read. */
export function tokenVerifier(settings: IssuerSettings, clock: Clock): TokenVerifier {
  const key = keyOf(settings);
  return async (token) => {
    if (token.length > MOST_TOKEN_LENGTH) return refused('the token must not be longer than 8 KiB');
    const now = clock();
    try {
      if (!hasAccessTokenType(token)) return refused('the token type must be at+jwt or JWT');
      const { payload } = await jwtVerify(token, key, {
        algorithms: ALGORITHMS,
        issuer: settings.issuer,
        audience: settings.audience,
        requiredClaims: ['sub', 'exp', 'iat'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now),
      });
      return callerFrom(payload, settings, now);
    } catch (fault) {
      if (fault instanceof IssuerAway) throw fault;
      return refused(ruleOf(fault));
    }
  };
}

function callerFrom(payload: JWTPayload, settings: IssuerSettings, now: number): Verification {
  const { sub = '', exp = 0, iat = 0 } = payload;
  // jose looks at `iat` only where a maximum age is asked for.
  if (iat * 1000 > now + CLOCK_TOLERANCE_SECONDS * 1000) return refused('the token is not valid yet');
  if (!SUBJECT_PATTERN.test(sub)) {
    return refused('the subject must be 1 to 128 of A-Z a-z 0-9 _ . : | - and begin with a letter or digit');
  }
  const client = payload['client_id'] ?? payload['azp'] ?? sub;
  if (typeof client !== 'string' || !CLIENT_PATTERN.test(client)) {
    return refused('the client id must be 1 to 255 printable ASCII characters');
  }
  const roles = knownRoles(payload[settings.rolesClaim ?? 'roles']);
  return {
    ok: true,
    caller: { subject: sub, client, roles, issuer: settings.issuer, how: settings.how, expiresAt: exp * 1000 },
  };
}

/** Roles that Baton does not know give no right; they are other services' business. */
const knownRoles = (claim: unknown): readonly TokenRole[] =>
  Array.isArray(claim) ? TOKEN_ROLES.filter((role) => claim.includes(role)) : [];

function hasAccessTokenType(token: string): boolean {
  const { typ } = decodeProtectedHeader(token);
  return typeof typ === 'string' && ['at+jwt', 'application/at+jwt', 'jwt'].includes(typ.toLowerCase());
}

const refused = (rule: string): Verification => ({ ok: false, rule });

function ruleOf(fault: unknown): string {
  if (fault instanceof errors.JWTExpired) return 'the token has expired';
  if (fault instanceof errors.JWTClaimValidationFailed) {
    if (fault.claim === 'nbf') return 'the token is not valid yet';
    return `the claim ${CLAIMS.has(fault.claim) ? fault.claim : 'set'} is missing or not as required`;
  }
  if (fault instanceof errors.JOSEAlgNotAllowed) return `the algorithm must be one of ${ALGORITHMS.join(' ')}`;
  if (fault instanceof errors.JWKSNoMatchingKey || fault instanceof errors.JWKSMultipleMatchingKeys) {
    return 'the token is not signed by a key of the issuer';
  }
  if (fault instanceof errors.JWSSignatureVerificationFailed) return 'the signature is wrong';
  return 'the token is not a signed JWT';
}

const CLAIMS = new Set(['iss', 'aud', 'sub', 'exp', 'iat']);

/** Looks a key up in the issuer's set; a set that cannot be read is told apart from a key that is not in it. */
function keyOf({ keys, issuer }: IssuerSettings): JWTVerifyGetKey {
  if (keys !== 'discovered' && !(keys instanceof URL)) return createLocalJWKSet(keys);
  const published = keys === 'discovered' ? discoveredKeys(issuer) : createRemoteJWKSet(keys);
  return async (header, token) => {
    try {
      return await published(header, token);
    } catch (fault) {
      if (fault instanceof errors.JWKSNoMatchingKey || fault instanceof errors.JWKSMultipleMatchingKeys) throw fault;
      if (fault instanceof errors.JOSENotSupported) throw fault;
      throw new IssuerAway("the issuer's keys cannot be read", { cause: fault });
    }
  };
}

/** Asked for with the first token; an issuer that was away is asked again with the next. */
function discoveredKeys(issuer: string): JWTVerifyGetKey {
  let found: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    found ??= discoverKeys(issuer).then((url) => createRemoteJWKSet(url));
    const asked = found;
    const keys = await asked.catch((fault: unknown) => {
      if (found === asked) found = undefined;
      throw fault;
    });
    return keys(header, token);
  };
}
