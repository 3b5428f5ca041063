import { resolve } from 'node:path';
import { KafkaServer } from './kafka-server.js';
import { kafkaVersion } from './server-jars.js';

/* npm run kafka: a Kafka of one node on 127.0.0.1:9092 (or BATON_KAFKA_PORT), its data in ./data/kafka (or BATON_DATA). */

const port = Number(process.env.BATON_KAFKA_PORT ?? 9092);
const directory = resolve(process.env.BATON_DATA ?? 'data', 'kafka');

try {
  process.stderr.write(`Kafka ${kafkaVersion()} is being started (the first time it is fetched) …\n`);
  const server = await KafkaServer.start({ directory, port });
  process.stdout.write(`Kafka listens: BATON_KAFKA=${server.address}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.end('SIGTERM'));
} catch (fault) {
  process.stderr.write(`kafka: ${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exitCode = 1;
}
