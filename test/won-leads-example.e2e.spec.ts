import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Kafka, logLevel } from 'kafkajs';
import { encodeCloudEvent } from '../libs/contracts/cloud-event.js';
import type { RecordedEvent } from '../libs/event-store/event-store.js';
import { DEFAULT_TOPICS } from '../libs/contracts/topics.js';
import { describeWithKafka, makeTopics, openBroker, testSettings } from '../libs/kafka-client/kafka-broker.spec-kit.js';

const TOPIC = DEFAULT_TOPICS.leadEvents;

const eventOf = (lead: string, revision: number, type: string, data: RecordedEvent['data']): RecordedEvent => ({
  id: randomUUID(),
  type,
  stream: `lead-${lead}`,
  revision,
  position: String(revision),
  data,
  metadata: { recordedAt: '2026-01-01T00:00:00.000Z', occurredAt: '2026-01-01T00:00:00.000Z' },
});

describeWithKafka('The example of a downstream service', () => {
  it('counts won leads out of Kafka, each once, and says what is missing', async () => {
    const broker = await openBroker();
    const client = new Kafka({ clientId: 'spec', brokers: [broker.address], logLevel: logLevel.NOTHING });
    const producer = client.producer();
    try {
      const [one, two] = [randomUUID(), randomUUID()];
      const events = [
        eventOf(one, 0, 'LeadCreated.v1', { source: 'email' }),
        eventOf(one, 1, 'LeadWon.v1', {}),
        eventOf(one, 1, 'LeadWon.v1', {}),
        eventOf(two, 0, 'LeadCreated.v1', { source: 'email' }),
        eventOf(two, 3, 'LeadWon.v1', {}),
      ];
      await makeTopics({ ...testSettings(broker.address), topics: DEFAULT_TOPICS });
      await producer.connect();
      for (const event of events) {
        await producer.send({ topic: TOPIC, messages: [{ ...encodeCloudEvent(event), partition: 0 }] });
      }
      const example = spawn(process.execPath, ['dist/examples/won-leads.js'], {
        env: { ...process.env, BATON_KAFKA: broker.address, BATON_TOKEN: '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const complaints: string[] = [];
      const said: string[] = [];
      createInterface({ input: example.stderr }).on('line', (line) => complaints.push(line));
      try {
        for await (const line of createInterface({ input: example.stdout })) {
          said.push(line);
          if (said.length === 2) break;
        }
      } finally {
        example.stdout.resume();
        example.kill('SIGTERM');
        // Until all that it said is read, too: the two outputs come in no order.
        await once(example, 'close');
      }
      expect(said).toEqual(['won: email 1', 'won: email 2']);
      expect(complaints).toContain(`events 1 to 2 of lead ${two} did not come`);
    } finally {
      await producer.disconnect();
      await broker.dispose();
    }
  }, 120_000);
});
