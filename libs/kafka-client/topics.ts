import type { Admin, ITopicConfig } from 'kafkajs';
import type { TopicNames } from '../contracts/topics.js';
import { loadDriver } from './kafka-client.js';
import { KafkaFault } from './kafka-fault.js';
import type { KafkaSettings } from './kafka-settings.js';

interface WantedTopic {
  readonly topic: string;
  readonly partitions: number;
  /** what the topic must have beside its partitions */
  readonly config: Readonly<Record<string, string>>;
}

/** Of what goes to one partition at once: some thousand events. */
const MOST_BATCH_BYTES = 8 * 1024 * 1024;
const FOR_EVER = { 'retention.ms': '-1', 'retention.bytes': '-1', 'cleanup.policy': 'delete' };

export function wantedTopics({ topics, layout }: Pick<KafkaSettings, 'topics' | 'layout'>): readonly WantedTopic[] {
  const common = { 'min.insync.replicas': String(layout.minInSync), 'max.message.bytes': String(MOST_BATCH_BYTES) };
  const forEver = { ...FOR_EVER, ...common };
  const { leadEvents, referenceEvents, trail, relayCheckpoint } = topics;
  return [
    { topic: leadEvents, partitions: layout.leadPartitions, config: forEver },
    { topic: referenceEvents, partitions: layout.referencePartitions, config: forEver },
    { topic: trail, partitions: 1, config: forEver },
    { topic: relayCheckpoint, partitions: 1, config: { 'cleanup.policy': 'compact', ...common } },
  ];
}

/** What was found of one topic. */
export interface TopicState {
  readonly topic: string;
  readonly partitions: number;
  readonly made: boolean;
}

/**
 * Makes the topics that are missing, then checks all. Nothing that stands is changed.
 *
 * @throws KafkaFault naming the topic and the rule
 */
export async function ensureTopics(admin: Admin, settings: KafkaSettings): Promise<readonly TopicState[]> {
  const wanted = wantedTopics(settings);
  const standing = new Set(await admin.listTopics());
  const missing = wanted.filter(({ topic }) => !standing.has(topic));
  // Those that stand first: where one of them is wrong nothing is made.
  await checkThese(
    admin,
    wanted.filter(({ topic }) => standing.has(topic)),
  );
  if (missing.length > 0) {
    const { replication } = settings.layout;
    await admin.createTopics({
      topics: missing.map((one) => toCreate(one, replication)),
      waitForLeaders: true,
      timeout: 30_000,
    });
    await checkThese(admin, missing);
  }
  return wanted.map(({ topic, partitions }) => ({ topic, partitions, made: !standing.has(topic) }));
}

/**
 * Whether the topics are as they must be; nothing is made.
 *
 * @param names which of them; default all
 * @throws KafkaFault naming the topic and the rule
 */
export async function checkTopics(
  admin: Admin,
  settings: KafkaSettings,
  names: readonly (keyof TopicNames)[] = ['leadEvents', 'referenceEvents', 'trail', 'relayCheckpoint'],
): Promise<void> {
  const of = new Set(names.map((name) => settings.topics[name]));
  const wanted = wantedTopics(settings).filter(({ topic }) => of.has(topic));
  const standing = new Set(await admin.listTopics());
  const missing = wanted.find(({ topic }) => !standing.has(topic));
  if (missing) throw new KafkaFault('fatal', `there is no topic ${missing.topic}: \`baton topics init\` makes it`);
  await checkThese(admin, wanted);
}

const toCreate = ({ topic, partitions, config }: WantedTopic, replication: number): ITopicConfig => ({
  topic,
  numPartitions: partitions,
  replicationFactor: replication,
  configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
});

async function checkThese(admin: Admin, wanted: readonly WantedTopic[]): Promise<void> {
  if (wanted.length === 0) return;
  const { topics } = await admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) });
  for (const { topic, partitions } of wanted) {
    const has = topics.find((one) => one.name === topic)?.partitions.length ?? 0;
    if (has !== partitions) throw wrong(topic, `${has} partitions`, `${partitions}: the count belongs to its version`);
  }
  const { ConfigResourceTypes } = await loadDriver();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: wanted.map(({ topic, config }) => {
      return { type: ConfigResourceTypes.TOPIC, name: topic, configNames: Object.keys(config) };
    }),
  });
  for (const { topic, config } of wanted) {
    const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
    for (const [name, value] of Object.entries(config)) {
      const has = entries.find(({ configName }) => configName === name)?.configValue ?? 'nothing';
      if (!isEnough(name, has, value)) throw wrong(topic, `${name} ${has}`, value);
    }
  }
}

/** Larger limits and more replicas do no harm; what keeps and orders records must be exactly so. */
function isEnough(name: string, has: string, wanted: string): boolean {
  if (name === 'max.message.bytes' || name === 'min.insync.replicas') return Number(has) >= Number(wanted);
  return has === wanted;
}

const wrong = (topic: string, has: string, wanted: string): KafkaFault =>
  new KafkaFault('fatal', `topic ${topic} has ${has}; it must have ${wanted}. Nothing was written`);
