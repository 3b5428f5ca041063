import { join } from 'node:path';
import { SIGNING_KEY_FILE } from '../../libs/event-signing/signing-key.js';
import { eventStoreDbAddress } from '../../libs/event-store/eventstoredb/address.js';
import { issuerFromEnvironment } from '../../libs/http-kit/issuer-settings.js';
import type { RateLimit } from '../../libs/http-kit/rate-limit.js';
import type { IssuerSettings } from '../../libs/http-kit/token-verifier.js';
import { kafkaSettingsFrom, type KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import type { LogLevel } from '../../libs/telemetry/logger.js';
import { TRAIL_FOLDER } from '../../libs/ownership-trail/trail-files.js';
import { postgresAddress } from '../../libs/postgres/postgres-address.js';
import type { TrailPlace } from '../../libs/ownership-trail/trail-set-up.js';
import { isKeyName } from '../../libs/transparency-log/note-key.js';
import {
  logLevelFrom,
  namespaceFrom,
  portOf,
  rateLimitFrom,
  SettingsReading,
  SettingsRefused,
} from './process-settings.js';

/** What a service needs beside its address; each is asked for only by those that use it. */
export type Need = 'event-store' | 'kafka' | 'database' | 'keys' | 'signing-key' | 'trail' | 'issuer';

export interface ServiceSettings {
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly rateLimit?: RateLimit | undefined;
  /** `esdb://…` */
  readonly eventStore: string;
  /** before the streams' names there */
  readonly namespace?: string;
  readonly kafka: KafkaSettings;
  /** `postgres://…` */
  readonly database: string;
  /** made where there is none; all services must have the same one */
  readonly keyFile: string;
  /** file of the key that events are signed with, made where there is neither key nor event; the same for all */
  readonly signingKey: string;
  /** the log's folder, and where its key and policy are */
  readonly trail: TrailPlace;
  readonly issuer: IssuerSettings;
}

const SAYS: Readonly<Record<Need, string>> = {
  'event-store': 'BATON_EVENT_STORE must be set: the address of EventStoreDB, such as esdb://127.0.0.1:2113?tls=false',
  kafka: 'BATON_KAFKA must be set: the brokers, such as 127.0.0.1:9092',
  database: 'BATON_DATABASE must be set: the address of PostgreSQL, such as postgres://baton@127.0.0.1:5432/baton',
  keys: 'BATON_KEY_FILE must be set: the file of the installation’s keys, the same for all services',
  'signing-key':
    'BATON_EVENT_SIGNING_KEY must be set: the file of the key that events are signed with, the same for all services',
  trail: 'BATON_TRAIL must be set: the folder of the log, whose key and policy lie beside it',
  issuer: 'BATON_ISSUER and BATON_AUDIENCE must be set: who issues tokens (BATON_JWKS and `baton jwks` for trying)',
};

/**
 * Reads BATON_HOST, BATON_PORT, BATON_LOG_LEVEL, BATON_RATE_LIMIT, and of BATON_EVENT_STORE (and
 * BATON_EVENT_STORE_NAMESPACE), BATON_KAFKA (and its like), BATON_DATABASE, BATON_KEY_FILE (default: keys.json in
 * BATON_DATA), BATON_EVENT_SIGNING_KEY (default: event-signing.key there), BATON_TRAIL (default: trail there; with
 * BATON_TRAIL_KEY, BATON_TRAIL_POLICY, BATON_TRAIL_ORIGIN, BATON_EVENT_KEYS) and BATON_ISSUER (and its like) what is
 * needed.
 *
 * @throws SettingsRefused with a line for each that is missing or wrong
 */
export function serviceSettingsFrom<N extends Need>(
  environment: NodeJS.ProcessEnv,
  needs: readonly N[],
  defaultPort: number,
): ServiceSettings {
  const { BATON_EVENT_STORE: eventStore, BATON_DATABASE: database, BATON_DATA: data } = environment;
  const find: Readonly<Record<Need, () => unknown>> = {
    'event-store': () => eventStore && eventStoreDbAddress(eventStore) && eventStore,
    kafka: () => kafkaSettingsFrom(environment),
    database: () => database && postgresAddress(database, 'BATON_DATABASE') && database,
    keys: () => environment.BATON_KEY_FILE || (data && join(data, 'keys.json')),
    'signing-key': () => environment.BATON_EVENT_SIGNING_KEY || (data && join(data, SIGNING_KEY_FILE)),
    trail: () => trailFrom(environment),
    issuer: () => issuerFromEnvironment(environment),
  };
  const reading = new SettingsReading();
  const isNeeded = (need: Need): boolean => (needs as readonly Need[]).includes(need);
  const found = (need: Need): unknown =>
    isNeeded(need) ? reading.read(() => find[need]() || refuse(SAYS[need])) : undefined;
  const settings = {
    host: environment.BATON_HOST || '127.0.0.1',
    eventStore: found('event-store'),
    kafka: found('kafka'),
    database: found('database'),
    keyFile: found('keys'),
    // Who does not sign may yet want to know with what the others do.
    signingKey: isNeeded('signing-key') ? found('signing-key') : find['signing-key']() || undefined,
    trail: found('trail'),
    issuer: found('issuer'),
    port: reading.read(() => portOf('BATON_PORT', environment.BATON_PORT || String(defaultPort))),
    logLevel: reading.read(() => logLevelFrom(environment)),
    rateLimit: reading.read(() => rateLimitFrom(environment)),
    ...reading.read(() => namespaceFrom(environment)),
  };
  reading.assertAllRight();
  // What a service does not need may be missing or wrong, and it does not look at it.
  return settings as ServiceSettings;
}

function refuse(rule: string): never {
  throw new SettingsRefused(rule);
}

/** Where the log is, by BATON_TRAIL and its like, or in BATON_DATA. @throws SettingsRefused */
export function trailFrom(environment: NodeJS.ProcessEnv): TrailPlace | undefined {
  const { BATON_TRAIL, BATON_DATA, BATON_TRAIL_KEY, BATON_TRAIL_POLICY, BATON_TRAIL_ORIGIN, BATON_EVENT_KEYS } =
    environment;
  const folder = BATON_TRAIL ?? (BATON_DATA ? join(BATON_DATA, TRAIL_FOLDER) : undefined);
  if (folder === undefined) return undefined;
  if (BATON_TRAIL_ORIGIN !== undefined && !isKeyName(BATON_TRAIL_ORIGIN))
    throw new SettingsRefused('BATON_TRAIL_ORIGIN must have no spaces and no plus sign, such as log.example/baton');
  return {
    folder,
    ...(BATON_TRAIL_KEY === undefined ? {} : { keyFile: BATON_TRAIL_KEY }),
    ...(BATON_TRAIL_POLICY === undefined ? {} : { policyFile: BATON_TRAIL_POLICY }),
    ...(BATON_TRAIL_ORIGIN === undefined ? {} : { origin: BATON_TRAIL_ORIGIN }),
    ...(BATON_EVENT_KEYS === undefined ? {} : { eventKeysFile: BATON_EVENT_KEYS }),
  };
}
