import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { TokenRole } from '../decider/decision.js';

/** Who sent the request, as a verified token says. Membership of teams is not in it: the team streams know that. */
export interface Caller {
  /** opaque; matches SUBJECT_PATTERN, so it may stand in events and logs */
  readonly subject: string;
  /** the scope of idempotency keys: `client_id`, else `azp`, else the subject */
  readonly client: string;
  readonly roles: readonly TokenRole[];
  readonly issuer: string;
  /** `dev`: by a key of this machine, to be marked so in the events */
  readonly how: 'oidc' | 'dev';
  /** milliseconds since the epoch, at which the token ends */
  readonly expiresAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** null only before authentication and on public routes */
    caller: Caller | null;
  }
}

/**
 * The caller of a request on a route that is not public.
 *
 * @throws Error when the route is public: there is no caller to speak of, and asking is a fault of the code
 */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Error('a public route has no caller');
  return request.caller;
}

/** Parameter decorator: the `Caller` of this request. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
