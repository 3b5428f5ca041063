import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { describeFault } from '../telemetry/fault-description.js';
import { ProblemException } from './problem-exception.js';
import { problemOfStatus, sendProblem } from './problem-reply.js';

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
    const unexpected =
      fault instanceof ProblemException ? fault.cause : known.problem.status >= 500 ? fault : undefined;
    if (unexpected !== undefined)
      this.logger.error({ requestId: request.id, fault: describeFault(unexpected) }, 'fault');
    if (reply.sent || reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(reply, known, request.id);
  }
}
