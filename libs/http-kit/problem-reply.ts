import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ProblemException } from './problem-exception.js';
import { problem, PROBLEM_MEDIA_TYPE, slugOfStatus } from './problem.js';

/** Sends the problem with the request's id as its instance. */
export function sendProblem(
  reply: FastifyReply,
  { problem: body, headers }: ProblemException,
  requestId: string,
): void {
  void reply
    .code(body.status)
    .headers({ ...headers, 'content-type': PROBLEM_MEDIA_TYPE })
    .send(JSON.stringify({ ...body, instance: `urn:baton:request:${requestId}` }));
}

/** Only the status is taken from errors of Fastify and Nest: their messages may quote the address or the body. */
export function problemOfStatus(fault: unknown): ProblemException {
  const status = fault instanceof HttpException ? fault.getStatus() : fastifyStatus(fault);
  return new ProblemException(problem(slugOfStatus(status)));
}

function fastifyStatus(fault: unknown): number {
  const { code, statusCode } = (typeof fault === 'object' && fault !== null ? fault : {}) as Record<string, unknown>;
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' ? statusCode : 500;
}
