import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { answerClientError } from './client-errors.js';
import { MOST_BODY_BYTES } from './json-body.js';
import { problemOfStatus, sendProblem } from './problem-reply.js';

const SECOND = 1_000;
/** A whole request must have arrived by then, so that slow senders cannot hold connections. */
const REQUEST_TIMEOUT_MS = 30 * SECOND;
const HEADERS_TIMEOUT_MS = 10 * SECOND;
const IDLE_CONNECTION_MS = 120 * SECOND;
const KEEP_ALIVE_MS = 65 * SECOND;
export const MOST_CONNECTIONS = 4_096;
const MOST_HEADER_BYTES = 16 * 1024;
const MOST_PARAMETER_LENGTH = 128;

/**
 * Fastify with a limit on everything that a client controls before a route is reached.
 *
 * @param newRequestId an unguessable id per request; a client's own is never taken over
 */
export function boundedAdapter(newRequestId: () => string): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    trustProxy: false,
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_CONNECTION_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestIdHeader: false,
    genReqId: newRequestId,
    return503OnClosing: false,
    routerOptions: { maxParamLength: MOST_PARAMETER_LENGTH },
    http: {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: SECOND,
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: (fault: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('x-content-type-options', 'nosniff');
      sendProblem(reply, problemOfStatus(fault), request.id);
    },
  });
}
