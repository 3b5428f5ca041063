import { issuerFromEnvironment } from '../../libs/http-kit/issuer-settings.js';
import { parseRateLimit, type RateLimit } from '../../libs/http-kit/rate-limit.js';
import type { IssuerSettings } from '../../libs/http-kit/token-verifier.js';
import { kafkaSettingsFrom, type KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import { LOG_LEVELS, type LogLevel } from '../../libs/telemetry/logger.js';

export interface Settings {
  /** folder of the stores and keys */
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** who issues tokens; absent: this machine's development key */
  readonly issuer?: IssuerSettings;
  readonly rateLimit?: RateLimit;
  /** where the relay of this process publishes; absent: nowhere */
  readonly kafka?: KafkaSettings;
}

/** A setting that is missing or wrong; one clear line. */
export class SettingsRefused extends Error {
  override name = 'SettingsRefused';
}

/**
 * Reads the environment: BATON_DATA, BATON_HOST, BATON_PORT, BATON_LOG_LEVEL, BATON_RATE_LIMIT, BATON_ISSUER and its like,
 * BATON_KAFKA and its like.
 *
 * @throws SettingsRefused, StartRefused, KafkaSettingsRefused in clear lines
 */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  for (const name of ['BATON_EVENT_STORE', 'BATON_DATABASE']) {
    if (environment[name])
      throw new SettingsRefused(`${name} is of the separate services: unset it, or start lead-api`);
  }
  const issuer = issuerFromEnvironment(environment);
  const kafka = kafkaSettingsFrom(environment);
  const limit = environment.BATON_RATE_LIMIT;
  return {
    dataDir: environment.BATON_DATA ?? 'data',
    host: environment.BATON_HOST ?? '127.0.0.1',
    port: portOf(environment.BATON_PORT ?? '3000'),
    logLevel: levelOf(environment.BATON_LOG_LEVEL ?? 'info'),
    ...(issuer ? { issuer } : {}),
    ...(limit === undefined ? {} : { rateLimit: parseRateLimit(limit) }),
    ...(kafka ? { kafka } : {}),
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new SettingsRefused('BATON_PORT must be a number from 0 to 65535');
}

function levelOf(text: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text);
  if (level) return level;
  throw new SettingsRefused(`BATON_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
}
