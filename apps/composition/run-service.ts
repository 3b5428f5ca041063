import { randomUUID } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { Readiness } from '../../libs/http-kit/readiness.js';
import { createServer } from '../../libs/http-kit/server.js';
import { stopOnSignal } from '../../libs/http-kit/stop-on-signal.js';
import { tokenVerifier, type TokenVerifier } from '../../libs/http-kit/token-verifier.js';
import { createLogger } from '../../libs/telemetry/logger.js';
import { Metrics } from '../../libs/telemetry/metrics.js';
import { translateFault } from './health.js';
import { Opened } from './opened.js';
import { tellRefusal } from './process-settings.js';
import { RootModule } from './root-module.js';
import { serviceSettingsFrom, type Need, type ServiceSettings } from './service-settings.js';

export interface ServiceParts {
  readonly settings: ServiceSettings;
  readonly opened: Opened;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly verifyToken: TokenVerifier;
  readonly newId: () => string;
}

/** A service put together, its work going on. */
export interface Service {
  /** its routes; none: only health and metrics are answered */
  readonly modules?: readonly DynamicModule[];
  /** called once the server is made, before it listens */
  readonly watch: (readiness: Readiness) => void;
  /** ends the work; what was opened is closed after it */
  readonly stop: () => Promise<void>;
}

export interface ServiceDescription {
  readonly name: string;
  readonly description: string;
  readonly port: number;
  readonly needs: readonly Need[];
  /** @throws with one clear line where the service cannot work as it is set */
  readonly start: (parts: ServiceParts) => Promise<Service>;
}

/** The process of one service: settings, work, server, and an orderly end. A start that fails says why and leaves with 1. */
export async function runService(of: ServiceDescription): Promise<void> {
  try {
    const settings = serviceSettingsFrom(process.env, of.needs, of.port);
    const logger = createLogger(of.name, settings.logLevel);
    const { url, stop } = await startService(of, settings, logger);
    stopOnSignal(stop, process, logger);
    logger.info({ url }, 'listening');
  } catch (refusal) {
    tellRefusal(of.name, refusal);
    // Of what it had begun some may still go on, and would keep a process that serves nothing.
    process.exit();
  }
}

async function startService(of: ServiceDescription, settings: ServiceSettings, logger: Logger) {
  const opened = new Opened(settings);
  const metrics = new Metrics();
  metrics.collectProcess();
  try {
    const verifyToken = of.needs.includes('issuer') ? tokenVerifier(settings.issuer, Date.now) : NOBODY;
    const service = await of.start({ settings, opened, metrics, logger, verifyToken, newId: randomUUID });
    try {
      const server = await createServer(RootModule.of(...(service.modules ?? [])), {
        host: settings.host,
        port: settings.port,
        verifyToken,
        api: { title: `Baton ${of.name}`, description: of.description, version: '1' },
        logger,
        metrics,
        clock: Date.now,
        newRequestId: randomUUID,
        translateFault,
        ...(settings.rateLimit ? { rateLimit: settings.rateLimit } : {}),
      });
      service.watch(server.app.get(Readiness));
      const stop = async (): Promise<void> => {
        await server.stop();
        await service.stop();
        await opened.close();
      };
      return { url: await server.listen(), stop };
    } catch (fault) {
      await service.stop();
      throw fault;
    }
  } catch (fault) {
    await opened.close();
    throw fault;
  }
}

/** A service without routes of its own lets nobody in. */
const NOBODY: TokenVerifier = () =>
  Promise.resolve({ ok: false, rule: 'this service answers health and metrics only' });
