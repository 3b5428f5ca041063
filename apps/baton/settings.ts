import { issuerFromEnvironment } from '../../libs/http-kit/issuer-settings.js';
import type { RateLimit } from '../../libs/http-kit/rate-limit.js';
import type { IssuerSettings } from '../../libs/http-kit/token-verifier.js';
import { kafkaSettingsFrom, type KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import type { LogLevel } from '../../libs/telemetry/logger.js';
import {
  logLevelFrom,
  portOf,
  rateLimitFrom,
  SettingsReading,
  SettingsRefused,
} from '../composition/process-settings.js';

export interface Settings {
  /** folder of the stores and keys */
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** who issues tokens; absent: this machine's development key */
  readonly issuer?: IssuerSettings | undefined;
  readonly rateLimit?: RateLimit | undefined;
  /** where the relay of this process publishes; absent: nowhere */
  readonly kafka?: KafkaSettings | undefined;
}

/**
 * Reads the environment: BATON_DATA, BATON_HOST, BATON_PORT, BATON_LOG_LEVEL, BATON_RATE_LIMIT, BATON_ISSUER and its like,
 * BATON_KAFKA and its like.
 *
 * @throws SettingsRefused with a line for each that is wrong
 */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const reading = new SettingsReading();
  for (const name of ['BATON_EVENT_STORE', 'BATON_DATABASE']) {
    if (environment[name]) reading.read(() => refuseServices(name));
  }
  const settings = {
    dataDir: environment.BATON_DATA || 'data',
    host: environment.BATON_HOST || '127.0.0.1',
    port: reading.read(() => portOf('BATON_PORT', environment.BATON_PORT || '3000')),
    logLevel: reading.read(() => logLevelFrom(environment)),
    issuer: reading.read(() => issuerFromEnvironment(environment)),
    rateLimit: reading.read(() => rateLimitFrom(environment)),
    kafka: reading.read(() => kafkaSettingsFrom(environment)),
  };
  reading.assertAllRight();
  // Nothing was refused: what must be there is.
  return settings as Settings;
}

function refuseServices(name: string): never {
  throw new SettingsRefused(`${name} is of the separate services: unset it, or start lead-api`);
}
