import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../decider/clock.js';
import type { Caller } from './caller.js';
import { overloaded, unauthenticated } from './problem-exception.js';
import { isPublicRoute } from './public-route.js';
import { type RateLimit, RateLimiter } from './rate-limit.js';
import { IssuerAway, type TokenVerifier } from './token-verifier.js';
import { VerifiedTokens } from './verified-tokens.js';

const SECONDS_TO_RETRY_ISSUER = 5;

/**
 * Authenticates and rate-limits in `onRequest`, not in a Nest guard: the body is parsed before guards run, and a body
 * must not be looked at for a caller who is not known (401 and 429 come before 400).
 */
export function requireCaller(
  server: FastifyInstance,
  verify: TokenVerifier,
  limits: { readonly perSubject: RateLimit; readonly failures: RateLimit },
  clock: Clock,
): void {
  const trusted = new VerifiedTokens(clock);
  const perSubject = new RateLimiter(limits.perSubject);
  const failures = new RateLimiter(limits.failures);

  const authenticate = async (request: FastifyRequest): Promise<Caller> => {
    const token = bearerToken(request);
    const known = token === undefined ? undefined : trusted.find(token);
    if (known !== undefined) return known;
    await failures.assertNotUsedUp(request.ip);
    const verification = token === undefined ? undefined : await verify(token);
    if (token !== undefined && verification?.ok === true) {
      trusted.add(token, verification.caller);
      return verification.caller;
    }
    await failures.take(request.ip);
    throw unauthenticated(verification?.ok === false ? verification.rule : undefined);
  };

  server.decorateRequest('caller', null);
  server.addHook('onRequest', async (request) => {
    if (isPublicRoute(request)) return;
    try {
      request.caller = await authenticate(request);
    } catch (fault) {
      if (fault instanceof IssuerAway)
        throw overloaded(SECONDS_TO_RETRY_ISSUER, 'Tokens cannot be checked just now.', fault);
      throw fault;
    }
    await perSubject.take(request.caller.subject);
  });
}

/** RFC 6750: in the Authorization header only; never in a query or a body, which end up in logs. */
function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(request.headers.authorization ?? '')?.[1];
}
