import type { Command } from 'commander';
import { openClient, withAdmin } from '../../libs/kafka-client/kafka-client.js';
import { ensureTopics } from '../../libs/kafka-client/topics.js';
import { EXIT_HELP } from './exit-codes.js';
import { withKafka } from './kafka-settings.js';
import { print } from './operating.js';
import { tableOf } from './table.js';
import { terminalColumns } from './terminal-columns.js';

/** `baton topics`: what Kafka must have before anything is published. */
export function addTopicsCommand(program: Command): void {
  const topics = program.command('topics').description('the topics in Kafka: for administrators');
  topics
    .command('init')
    .description('make the topics that are missing and check those that stand; changes none (BATON_KAFKA names Kafka)')
    .option('--json', 'as JSON', false)
    .addHelpText('after', EXIT_HELP)
    .action(init);
}

async function init(options: { readonly json: boolean }): Promise<void> {
  const states = await withKafka(async (settings) => {
    const kafka = await openClient(settings, { clientId: 'baton-cli' });
    return withAdmin(kafka, settings, (admin) => ensureTopics(admin, settings));
  });
  print(states, options, () =>
    tableOf(
      ['Topic', 'Partitions', ''],
      states.map(({ topic, partitions, made }) => [topic, String(partitions), made ? 'made' : 'stands as it must']),
      terminalColumns(),
    ),
  );
}
