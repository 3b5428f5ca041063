import type { Admin, Kafka, KafkaConfig, RetryOptions } from 'kafkajs';
import { KafkaFault, kafkaFault } from './kafka-fault.js';
import type { KafkaSettings } from './kafka-settings.js';

/** Where the driver's own messages go: about connections and groups, without records. Of use only to who looks for a fault. */
export type DriverLog = (message: string) => void;

export interface ClientOptions {
  /** how the brokers see this process */
  readonly clientId: string;
  readonly log?: DriverLog;
  readonly retry?: RetryOptions;
  /** milliseconds until a request that is not answered has failed; default 10,000 */
  readonly requestTimeoutMs?: number;
}

/** Short: whoever uses a client makes a new one when it fails, and shows meanwhile that it cannot go on. */
export const QUICK_RETRY: RetryOptions = { initialRetryTime: 50, maxRetryTime: 1_000, retries: 5 };

const REQUEST_TIMEOUT_MS = 10_000;

/** The driver, loaded when it is first needed: a process without Kafka does not pay for it. */
export const loadDriver = async (): Promise<typeof import('kafkajs')> => {
  // Node finds only some of the driver's names by itself: all of them are in the default export.
  const { default: driver } = (await import('kafkajs')) as unknown as { default: typeof import('kafkajs') };
  return driver;
};

/** A client that is not connected yet. */
export async function openClient(settings: KafkaSettings, options: ClientOptions): Promise<Kafka> {
  const { Kafka, logLevel } = await loadDriver();
  const { clientId, log, retry = QUICK_RETRY, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const config: KafkaConfig = {
    clientId,
    brokers: [...settings.brokers],
    ...(settings.tls ? { ssl: settings.tls.ca === undefined ? true : { ca: settings.tls.ca } } : {}),
    ...(settings.sasl ? { sasl: saslOf(settings.sasl) } : {}),
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    retry,
    logLevel: log ? logLevel.INFO : logLevel.NOTHING,
    // What it retries by itself it logs as errors: nothing of it is one to us until it gives up.
    logCreator:
      () =>
      ({ log: entry }) =>
        log?.(entry.message),
  };
  return new Kafka(config);
}

function saslOf({ mechanism, user, password }: NonNullable<KafkaSettings['sasl']>): NonNullable<KafkaConfig['sasl']> {
  const login = { username: user, password };
  switch (mechanism) {
    case 'plain':
      return { mechanism, ...login };
    case 'scram-sha-256':
      return { mechanism, ...login };
    case 'scram-sha-512':
      return { mechanism, ...login };
  }
}

/**
 * What comes first with a Kafka: a wrong address shows here.
 *
 * @param settings whose addresses stand in the message where none can be used
 * @throws KafkaFault
 */
export async function withAdmin<Result>(
  kafka: Kafka,
  { brokers }: Pick<KafkaSettings, 'brokers'>,
  work: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } catch (error) {
    const fault = kafkaFault(error);
    if (fault.kind !== 'retriable') throw fault;
    const wayOut = `check BATON_KAFKA (${brokers.join(',')}), and whether Kafka runs there`;
    throw new KafkaFault(fault.kind, `${fault.message}: ${wayOut}`, { cause: fault });
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
