import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../telemetry/metrics.js';

const MS_PER_SECOND = 1000;
const NO_ROUTE = 'none';

/** One log line and one sample per answer. The route's template stands in them, never the address or the query. */
export function logRequests(server: FastifyInstance, logger: Logger, metrics: Metrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? NO_ROUTE;
    const { method, id, caller } = request;
    const status = reply.statusCode;
    const ms = reply.elapsedTime;
    metrics.observeRequest({ method, route, status, seconds: ms / MS_PER_SECOND });
    logger.info(
      { method, route, status, ms: Math.round(ms * 10) / 10, requestId: id, subject: caller?.subject },
      'request',
    );
    done();
  });
}
