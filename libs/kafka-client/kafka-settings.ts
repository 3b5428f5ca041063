import { readFileSync } from 'node:fs';
import { DEFAULT_TOPICS, type TopicNames } from '../contracts/topics.js';

export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

export interface KafkaSettings {
  /** `host:port` each */
  readonly brokers: readonly string[];
  /** absent: no TLS */
  readonly tls?: { /** PEM; absent: the authorities that Node trusts */ readonly ca?: string };
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly user: string; readonly password: string };
  readonly topics: TopicNames;
  /** how the topics are made, and must then be; the partition counts are chosen once per version of a topic */
  readonly layout: TopicLayout;
  /** records that are none of ours and that an operator lets pass: `topic/partition/offset` */
  readonly skipped: ReadonlySet<string>;
}

export interface TopicLayout {
  readonly leadPartitions: number;
  readonly referencePartitions: number;
  readonly replication: number;
  /** replicas that must have a record before it counts as written */
  readonly minInSync: number;
}

/** Settings that are missing or wrong; one clear line each. */
export class KafkaSettingsRefused extends Error {
  override name = 'KafkaSettingsRefused';
  readonly disclosable = true;
}

const MECHANISMS: readonly SaslMechanism[] = ['plain', 'scram-sha-256', 'scram-sha-512'];
const BROKER = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/;
const TOPIC = /^[A-Za-z0-9._-]{1,200}$/;
const SKIPPED = /^[A-Za-z0-9._-]{1,200}\/\d{1,5}\/\d{1,18}$/;
const MOST_PARTITIONS = 1_000;

/**
 * Reads BATON_KAFKA (`host:port,host:port`); BATON_KAFKA_TLS (`on`), BATON_KAFKA_CA (a PEM file);
 * BATON_KAFKA_SASL (`plain`, `scram-sha-256`, `scram-sha-512`) with BATON_KAFKA_USER and BATON_KAFKA_PASSWORD or
 * BATON_KAFKA_PASSWORD_FILE; BATON_KAFKA_LEAD_PARTITIONS (12), BATON_KAFKA_REFERENCE_PARTITIONS (4),
 * BATON_KAFKA_REPLICATION (3), BATON_KAFKA_MIN_IN_SYNC (one less than the replication, at least 1);
 * BATON_KAFKA_SKIP (`topic/partition/offset`, with commas between);
 * BATON_TOPIC_LEAD_EVENTS, BATON_TOPIC_REFERENCE_EVENTS, BATON_TOPIC_TRAIL and BATON_TOPIC_RELAY_CHECKPOINT.
 *
 * @returns undefined where BATON_KAFKA is not set
 * @throws KafkaSettingsRefused with a line for each that is wrong
 */
export function kafkaSettingsFrom(environment: NodeJS.ProcessEnv): KafkaSettings | undefined {
  if (!environment.BATON_KAFKA) return undefined;
  const problems: string[] = [];
  const read = new Reading(environment, problems);
  const brokers = read.brokers();
  const tls = read.tls();
  const sasl = read.sasl();
  if (sasl?.mechanism === 'plain' && !tls) {
    problems.push('BATON_KAFKA_SASL=plain needs BATON_KAFKA_TLS=on: the password would be sent in the open');
  }
  const replication = read.count('BATON_KAFKA_REPLICATION', 3, 15);
  const layout: TopicLayout = {
    leadPartitions: read.count('BATON_KAFKA_LEAD_PARTITIONS', 12, MOST_PARTITIONS),
    referencePartitions: read.count('BATON_KAFKA_REFERENCE_PARTITIONS', 4, MOST_PARTITIONS),
    replication,
    minInSync: read.count('BATON_KAFKA_MIN_IN_SYNC', Math.max(1, replication - 1), 15),
  };
  if (layout.minInSync > replication) problems.push('BATON_KAFKA_MIN_IN_SYNC must not be more than the replication');
  const skipped = read.skipped();
  const topics: TopicNames = {
    leadEvents: read.topic('BATON_TOPIC_LEAD_EVENTS', DEFAULT_TOPICS.leadEvents),
    referenceEvents: read.topic('BATON_TOPIC_REFERENCE_EVENTS', DEFAULT_TOPICS.referenceEvents),
    trail: read.topic('BATON_TOPIC_TRAIL', DEFAULT_TOPICS.trail),
    relayCheckpoint: read.topic('BATON_TOPIC_RELAY_CHECKPOINT', DEFAULT_TOPICS.relayCheckpoint),
  };
  if (new Set(Object.values(topics)).size < Object.keys(topics).length) problems.push('BATON_TOPIC_… must all differ');
  if (problems.length > 0) throw new KafkaSettingsRefused(problems.join('\n'));
  return { brokers, ...(tls ? { tls } : {}), ...(sasl ? { sasl } : {}), topics, layout, skipped };
}

class Reading {
  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly problems: string[],
  ) {}

  brokers(): readonly string[] {
    const brokers = (this.environment.BATON_KAFKA ?? '').split(',').map((broker) => broker.trim());
    const isBroker = (text: string): boolean => isPort(Number(BROKER.exec(text)?.[2]));
    if (!brokers.every(isBroker)) this.problems.push('BATON_KAFKA must be host:port, several with commas between');
    return brokers;
  }

  tls(): KafkaSettings['tls'] {
    const { BATON_KAFKA_TLS: tls, BATON_KAFKA_CA: file } = this.environment;
    if (tls !== undefined && tls !== 'on' && tls !== 'off') this.problems.push('BATON_KAFKA_TLS must be on or off');
    if (!file) return tls === 'on' ? {} : undefined;
    if (tls !== 'on') this.problems.push('BATON_KAFKA_CA needs BATON_KAFKA_TLS=on');
    const ca = this.file('BATON_KAFKA_CA', file);
    if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
      this.problems.push('BATON_KAFKA_CA must name a PEM file of certificates');
    }
    return ca === undefined ? {} : { ca };
  }

  sasl(): KafkaSettings['sasl'] {
    const { BATON_KAFKA_SASL: wanted, BATON_KAFKA_USER: user, BATON_KAFKA_PASSWORD_FILE: file } = this.environment;
    const password = file
      ? this.file('BATON_KAFKA_PASSWORD_FILE', file)?.trim()
      : this.environment.BATON_KAFKA_PASSWORD;
    if (!wanted) {
      if (user || password) this.problems.push('BATON_KAFKA_USER and BATON_KAFKA_PASSWORD need BATON_KAFKA_SASL');
      return undefined;
    }
    const mechanism = MECHANISMS.find((one) => one === wanted);
    if (!mechanism) this.problems.push(`BATON_KAFKA_SASL must be one of ${MECHANISMS.join(', ')}`);
    if (!user || !password) this.problems.push('BATON_KAFKA_SASL needs BATON_KAFKA_USER and BATON_KAFKA_PASSWORD');
    return mechanism && user && password ? { mechanism, user, password } : undefined;
  }

  count(name: string, otherwise: number, most: number): number {
    const text = this.environment[name];
    if (!text) return otherwise;
    if (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= most) return Number(text);
    this.problems.push(`${name} must be a number from 1 to ${most}`);
    return otherwise;
  }

  topic(name: string, otherwise: string): string {
    const text = this.environment[name];
    if (!text) return otherwise;
    if (!TOPIC.test(text)) this.problems.push(`${name} must be letters, digits, dots, hyphens and underscores`);
    return text;
  }

  skipped(): ReadonlySet<string> {
    const places = (this.environment.BATON_KAFKA_SKIP ?? '').split(',').filter((place) => place !== '');
    if (!places.every((place) => SKIPPED.test(place))) {
      this.problems.push('BATON_KAFKA_SKIP must be topic/partition/offset, several with commas between');
    }
    return new Set(places);
  }

  private file(name: string, path: string): string | undefined {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      this.problems.push(`${name} must name a readable file`);
      return undefined;
    }
  }
}

const isPort = (port: number): boolean => port >= 1 && port <= 65_535;
