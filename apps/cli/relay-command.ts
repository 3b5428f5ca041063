import type { Command } from 'commander';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { KafkaPublishedLog } from '../../libs/event-relay/kafka/kafka-published-log.js';
import { verifyTopics } from '../../libs/event-relay/verify-topics.js';
import { BuildProgress } from './build-progress.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';
import { withKafka } from './kafka-settings.js';
import { print } from './operating.js';
import { dataOption } from './options.js';
import { ageText } from './projection-builds.js';
import { openForReading, type ReadStore } from './reading-store.js';

interface RelayOptions {
  readonly data: string;
  readonly json: boolean;
}

/** `baton relay`: what the relay has brought to Kafka. The store is that of BATON_EVENT_STORE, else of --data. */
export function addRelayCommand(program: Command): void {
  const relay = program.command('relay').description('from the event store to Kafka: for administrators');
  const add = (name: string, description: string): Command =>
    relay
      .command(name)
      .description(description)
      .option('--json', 'as JSON', false)
      .addOption(dataOption())
      .addHelpText('after', EXIT_HELP);
  add('status', 'how far the relay is, and for how long the oldest event has waited (BATON_KAFKA names Kafka)').action(
    status,
  );
  add('verify', 'hold the store against the topics, every event of every lead, and name the first difference').action(
    verify,
  );
}

async function status(options: RelayOptions): Promise<void> {
  const found = await withBoth(options, async (store, published) => {
    const position = await published.reached();
    const [first] = await store.readAll({ ...(position !== undefined && { after: position }), limit: 1 });
    return { position: position ?? null, head: (await store.head()) ?? null, behindMs: ageOf(first) };
  });
  print(found, options, () => {
    const { position, head, behindMs } = found;
    const waiting = behindMs === 0 ? 'nothing waits' : `the oldest event waits for ${ageText(behindMs)}`;
    return `published up to ${position ?? 'nothing'} of ${head ?? 'nothing'}: ${waiting}\n`;
  });
}

async function verify(options: RelayOptions): Promise<void> {
  const verified = await withBoth(options, async (store, published) => {
    const total = 2 * (await published.total());
    const progress = new BuildProgress(process.stderr, Date.now);
    let done = 0;
    try {
      return await verifyTopics(store, published, (records) => progress.show((done += records), total));
    } finally {
      progress.stop();
    }
  });
  const { events, streams, position, difference } = verified;
  print({ ...verified, difference: difference ?? null }, options, () =>
    difference === undefined
      ? `${events} events of ${streams} streams up to ${position ?? 'nothing'}: the topics hold each once and in order.\n`
      : '',
  );
  if (difference !== undefined) throw new CommandFailed(EXIT.failed, difference);
}

const withBoth = <Result>(
  { data }: RelayOptions,
  work: (store: ReadStore, published: KafkaPublishedLog) => Promise<Result>,
): Promise<Result> =>
  withKafka(async (settings) => {
    const store = await openForReading(data);
    try {
      const published = await KafkaPublishedLog.open(settings);
      try {
        return await work(store, published);
      } finally {
        await published.close();
      }
    } finally {
      await store.close();
    }
  });

function ageOf(event: RecordedEvent | undefined): number {
  const recordedAt = event?.metadata.recordedAt;
  // An age of less than a millisecond is one all the same: something waits.
  return typeof recordedAt === 'string'
    ? Math.max(1, Date.now() - Date.parse(recordedAt))
    : event === undefined
      ? 0
      : 1;
}
