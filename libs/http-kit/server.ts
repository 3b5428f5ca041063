import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Clock } from '../decider/clock.js';
import { watchEventLoop } from '../telemetry/event-loop.js';
import type { Metrics } from '../telemetry/metrics.js';
import { NestLogger } from '../telemetry/nest-logger.js';
import { answerWithSafeHeaders, refuseWhileStopping } from './answer-headers.js';
import { requireCaller } from './authentication.js';
import { boundedAdapter, MOST_CONNECTIONS } from './bounded-adapter.js';
import { DtoValidation } from './dto-validation.js';
import { acceptOnlyStrictJson } from './json-body.js';
import { type ApiDescription, OpenApiDocument } from './openapi.js';
import { type FaultTranslation, ProblemFilter } from './problem.filter.js';
import { refuseAmbiguousQueries } from './query-parameters.js';
import { DEFAULT_FAILURE_LIMIT, DEFAULT_RATE_LIMIT, type RateLimit } from './rate-limit.js';
import { Readiness } from './readiness.js';
import { logRequests } from './request-log.js';
import { ServerModule } from './server.module.js';
import type { TokenVerifier } from './token-verifier.js';
import { UnaskedQueryGuard } from './unasked-query.guard.js';

const GRACE_MS = 10_000;
const IDLE_CHECK_MS = 20;

export interface ServerSettings {
  /** the address to bind to; default 127.0.0.1 */
  readonly host?: string;
  /** 0: any free port */
  readonly port: number;
  readonly verifyToken: TokenVerifier;
  readonly api: ApiDescription;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** an unguessable id per request; a client's own is never taken over */
  readonly newRequestId: () => string;
  readonly rateLimit?: RateLimit;
  readonly failureLimit?: RateLimit;
  /** faults of ports that are an answer of their own */
  readonly translateFault?: FaultTranslation;
}

export interface BatonServer {
  readonly app: NestFastifyApplication;
  /** Resolves with the address, such as `http://127.0.0.1:3000`, once requests are accepted. */
  listen(): Promise<string>;
  /** Accepts nothing more, lets requests in flight finish within 10 seconds, then closes the modules. */
  stop(): Promise<void>;
}

/** A server around a module, with everything that must hold for each route; nothing is listening yet. */
export async function createServer(
  module: NonNullable<ModuleMetadata['imports']>[number],
  settings: ServerSettings,
): Promise<BatonServer> {
  const loop = watchEventLoop();
  const readiness = new Readiness(loop.look);
  const document = new OpenApiDocument();
  const { metrics, logger } = settings;

  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.around(module, { readiness, metrics, document }),
    boundedAdapter(settings.newRequestId),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  const fastify = app.getHttpAdapter().getInstance();
  fastify.server.maxConnections = MOST_CONNECTIONS;
  logRequests(fastify, logger, metrics);
  answerWithSafeHeaders(fastify);
  refuseWhileStopping(fastify, readiness);
  const limits = {
    perSubject: settings.rateLimit ?? DEFAULT_RATE_LIMIT,
    failures: settings.failureLimit ?? DEFAULT_FAILURE_LIMIT,
  };
  requireCaller(fastify, settings.verifyToken, limits, settings.clock);
  refuseAmbiguousQueries(fastify);
  acceptOnlyStrictJson(fastify);
  app.useGlobalGuards(new UnaskedQueryGuard());
  app.useGlobalPipes(new DtoValidation());
  app.useGlobalFilters(new ProblemFilter(logger, settings.translateFault));
  document.describe(app, settings.api);

  let stopped: Promise<void> | undefined;
  return {
    app,
    async listen() {
      await app.listen({ port: settings.port, host: settings.host ?? '127.0.0.1' });
      // The start itself blocks the loop; it is not to be held against the running process.
      loop.look();
      return app.getUrl();
    },
    stop() {
      stopped ??= (async () => {
        readiness.stop();
        await drain(app);
        // Only now may modules close their stores: until here requests were using them.
        await app.close();
        loop.stop();
      })();
      return stopped;
    },
  };
}

/** Closes the listener and waits for the requests in flight; cuts those that outlast the grace. */
async function drain(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  // A connection that has just answered its last request would otherwise be kept for its next.
  const idle = setInterval(() => {
    fastify.server.closeIdleConnections();
  }, IDLE_CHECK_MS);
  const cut = setTimeout(() => {
    fastify.server.closeAllConnections();
  }, GRACE_MS);
  try {
    await fastify.close();
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}
