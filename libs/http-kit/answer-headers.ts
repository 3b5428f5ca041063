import type { FastifyInstance } from 'fastify';
import { overloaded, ProblemException } from './problem-exception.js';
import { problem } from './problem.js';
import { isPublicRoute } from './public-route.js';
import type { Readiness } from './readiness.js';

export const MOST_HEADERS = 100;
const SECONDS_TO_ANOTHER_PROCESS = 1;

/**
 * What every answer carries. Nothing may be stored on the way unless a route says so, as almost everything is for one
 * caller only.
 */
export function answerWithSafeHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-request-id': request.id,
    });
    // Node's own limit drops the headers above it silently, perhaps the one that matters.
    if (request.raw.rawHeaders.length > 2 * MOST_HEADERS) done(new ProblemException(problem('headers-too-large')));
    else done();
  });
}

/** Sends new requests on open connections elsewhere, once the process is stopping. */
export function refuseWhileStopping(server: FastifyInstance, readiness: Readiness): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!readiness.isStopping) return done();
    void reply.header('connection', 'close');
    if (isPublicRoute(request)) done();
    else done(overloaded(SECONDS_TO_ANOTHER_PROCESS, 'The process is stopping.'));
  });
}
