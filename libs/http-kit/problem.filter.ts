import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ProblemException } from './problem-exception.js';
import { problem, PROBLEM_MEDIA_TYPE, slugOfStatus } from './problem.js';

/** Faults of ports that are an answer of their own, such as a store that is away (503). */
export type FaultTranslation = (fault: unknown) => ProblemException | undefined;

/** Renders whatever was thrown, in Fastify or in Nest, as application/problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly translate: FaultTranslation = () => undefined,
  ) {}

  catch(fault: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const known = fault instanceof ProblemException ? fault : (this.translate(fault) ?? problemOfStatus(fault));
    if (known.problem.status >= 500) this.logger.error({ requestId: request.id, fault: describeFault(fault) }, 'fault');
    if (reply.sent || reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(reply, known, request.id);
  }
}

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
function problemOfStatus(fault: unknown): ProblemException {
  const status = fault instanceof HttpException ? fault.getStatus() : fastifyStatus(fault);
  return new ProblemException(problem(slugOfStatus(status)));
}

function fastifyStatus(fault: unknown): number {
  const { code, statusCode } = (typeof fault === 'object' && fault !== null ? fault : {}) as Record<string, unknown>;
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' ? statusCode : 500;
}

/** Name, code and stack frames. Not the message: drivers and parsers quote what they were given. */
export function describeFault(fault: unknown): { name: string; code?: string; frames: readonly string[] } {
  if (!(fault instanceof Error)) return { name: typeof fault, frames: [] };
  const { code } = fault as NodeJS.ErrnoException;
  const frames = (fault.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: fault.name,
    ...(typeof code === 'string' ? { code } : {}),
    frames: frames.map((frame) => frame.trim()),
  };
}
