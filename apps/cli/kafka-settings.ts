import { KafkaFault } from '../../libs/kafka-client/kafka-fault.js';
import { kafkaSettingsFrom, KafkaSettingsRefused, type KafkaSettings } from '../../libs/kafka-client/kafka-settings.js';
import { CommandFailed, EXIT } from './exit-codes.js';

/**
 * Does something with the Kafka that the environment names.
 *
 * @throws CommandFailed
 */
export async function withKafka<Result>(work: (settings: KafkaSettings) => Promise<Result>): Promise<Result> {
  try {
    const settings = kafkaSettingsFrom(process.env);
    if (!settings)
      throw new CommandFailed(EXIT.unusableInput, 'BATON_KAFKA must name a broker, such as 127.0.0.1:9092');
    return await work(settings);
  } catch (fault) {
    if (fault instanceof KafkaSettingsRefused) throw new CommandFailed(EXIT.unusableInput, fault.message);
    if (fault instanceof KafkaFault) {
      throw new CommandFailed(fault.kind === 'retriable' ? EXIT.unreachable : EXIT.failed, fault.message);
    }
    throw fault;
  }
}
