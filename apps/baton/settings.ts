import { issuerFromEnvironment } from '../../libs/http-kit/issuer-settings.js';
import { parseRateLimit, type RateLimit } from '../../libs/http-kit/rate-limit.js';
import type { IssuerSettings } from '../../libs/http-kit/token-verifier.js';
import { kafkaSettingsFrom, type KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import type { LogLevel } from '../../libs/telemetry/logger.js';
import { logLevelFrom, portOf, SettingsRefused } from '../composition/process-settings.js';

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
    port: portOf('BATON_PORT', environment.BATON_PORT ?? '3000'),
    logLevel: logLevelFrom(environment),
    ...(issuer ? { issuer } : {}),
    ...(limit === undefined ? {} : { rateLimit: parseRateLimit(limit) }),
    ...(kafka ? { kafka } : {}),
  };
}
