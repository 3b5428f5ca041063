/**
 * What to do about it: `retriable`: try again later with a new client; `fenced`: another one took over, end; `fatal`:
 * nothing helps but another setting or program.
 */
export type KafkaFaultKind = 'retriable' | 'fenced' | 'fatal';

/** A fault of Kafka or of the way to it. The message is ours and repeats no record, user or password. */
export class KafkaFault extends Error {
  override name = 'KafkaFault';
  readonly disclosable = true;
  constructor(
    readonly kind: KafkaFaultKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'FENCED_INSTANCE_ID']);

/** Protocol errors that stay as long as neither settings nor topics change, and what to say of each. */
const FATAL: ReadonlyMap<string, string> = new Map([
  ['SASL_AUTHENTICATION_FAILED', 'Kafka does not accept user and password (BATON_KAFKA_USER, BATON_KAFKA_PASSWORD)'],
  ['UNSUPPORTED_SASL_MECHANISM', 'Kafka does not offer this SASL mechanism (BATON_KAFKA_SASL)'],
  ['ILLEGAL_SASL_STATE', 'Kafka does not expect SASL on this listener (BATON_KAFKA_SASL)'],
  ['TOPIC_AUTHORIZATION_FAILED', 'Kafka does not allow this user a topic'],
  ['GROUP_AUTHORIZATION_FAILED', 'Kafka does not allow this user the consumer group'],
  ['CLUSTER_AUTHORIZATION_FAILED', 'Kafka does not allow this user to do this in the cluster'],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'Kafka does not allow this user the transactional id'],
  ['MESSAGE_TOO_LARGE', 'Kafka refuses a record as too large (max.message.bytes of the topic)'],
  ['RECORD_LIST_TOO_LARGE', 'Kafka refuses a batch as too large'],
  ['INVALID_CONFIG', 'Kafka refuses a setting of a topic'],
  ['POLICY_VIOLATION', 'Kafka refuses a topic by a policy of its own'],
  ['INVALID_REPLICATION_FACTOR', 'Kafka has fewer brokers than the replication asks for (BATON_KAFKA_REPLICATION)'],
]);

/** Node's and OpenSSL's words for a certificate that is not trusted or not for this host. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/;

interface DriverError extends Error {
  readonly type?: string;
  readonly code?: string | number;
}

/** Whatever the driver threw, as one of three kinds and in words of ours. */
export function kafkaFault(error: unknown): KafkaFault {
  if (error instanceof KafkaFault) return error;
  const chain = causesOf(error);
  for (const { type = '', code, name, message } of chain) {
    if (FENCED.has(type)) return new KafkaFault('fenced', 'another relay has taken over', { cause: error });
    const words = FATAL.get(type);
    if (words !== undefined) return new KafkaFault('fatal', words, { cause: error });
    if (UNTRUSTED.test(String(code)) || UNTRUSTED.test(message.replaceAll(' ', '_').toUpperCase())) {
      return new KafkaFault('fatal', 'the certificate of Kafka is not trusted (BATON_KAFKA_CA)', { cause: error });
    }
    if (name === 'KafkaJSSASLAuthenticationError') {
      return new KafkaFault('fatal', FATAL.get('SASL_AUTHENTICATION_FAILED') ?? '', { cause: error });
    }
  }
  const what = chain.map(({ type, code, name }) => type ?? (typeof code === 'string' ? code : name)).at(-1);
  return new KafkaFault('retriable', `Kafka cannot be used now (${what ?? 'unknown'})`, { cause: error });
}

const UNSETTLED = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'REBALANCE_IN_PROGRESS',
]);

/** Whether a group could not be joined because its coordinator is just coming up or moving. */
export const isCoordinatorUnsettled = (error: unknown): boolean =>
  causesOf(error).some(({ type = '' }) => UNSETTLED.has(type));

/** The error, what caused it, and so on; bounded, for a cause may be its own. */
function causesOf(error: unknown): readonly DriverError[] {
  const chain: DriverError[] = [];
  for (let one = error; one instanceof Error && chain.length < 8; one = one.cause) chain.push(one);
  return chain;
}
