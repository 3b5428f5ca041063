import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, type Caller } from '../../http-kit/caller.js';
import { parseIfMatch, type RevisionCondition } from '../../http-kit/entity-tag.js';
import { parseIdempotencyKey } from '../../http-kit/idempotency-key.js';
import { singleHeader } from '../../http-kit/single-header.js';

/** All of a command's request beside its body and the stream it is for. */
export class CommandOrigin {
  caller!: Caller;
  key!: string;
  requestId!: string;
  ifMatch?: RevisionCondition | undefined;
  reply!: FastifyReply;
}

/**
 * Parameter decorator: who sends the command, under which key, on which view.
 *
 * @throws ProblemException 400 naming the header
 */
export const Origin = createParamDecorator((_: unknown, context: ExecutionContext): CommandOrigin => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  return {
    caller: callerOf(request),
    key: parseIdempotencyKey(singleHeader(request.raw, 'Idempotency-Key')),
    requestId: request.id,
    ifMatch: parseIfMatch(singleHeader(request.raw, 'If-Match')),
    reply: http.getResponse<FastifyReply>(),
  };
});
