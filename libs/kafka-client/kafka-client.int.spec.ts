import { openClient, withAdmin } from './kafka-client.js';
import { describeWithKafka, makeTopics, openBroker, testSettings, type TestBroker } from './kafka-broker.spec-kit.js';
import { PartitionReader } from './partition-reader.js';
import { checkTopics, ensureTopics } from './topics.js';

describeWithKafka('on a real broker', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await openBroker();
  });
  afterAll(() => broker.dispose());

  it('makes topics once, and finds them as they must be', async () => {
    const settings = testSettings(broker.address);
    const kafka = await openClient(settings, { clientId: 'spec' });
    await expect(withAdmin(kafka, settings, (admin) => checkTopics(admin, settings))).rejects.toThrow(
      'baton topics init',
    );
    const made = await withAdmin(kafka, settings, (admin) => ensureTopics(admin, settings));
    expect(made.map((one) => [one.partitions, one.made])).toEqual([
      [3, true],
      [2, true],
      [1, true],
      [1, true],
    ]);
    const again = await withAdmin(kafka, settings, (admin) => ensureTopics(admin, settings));
    expect(again.some((one) => one.made)).toBe(false);
    await withAdmin(kafka, settings, (admin) => checkTopics(admin, settings));
  });

  it('says what a topic has and must have, and makes nothing then', async () => {
    const settings = testSettings(broker.address);
    const kafka = await openClient(settings, { clientId: 'spec' });
    const { leadEvents } = settings.topics;
    await withAdmin(kafka, settings, (admin) =>
      admin.createTopics({ topics: [{ topic: leadEvents, numPartitions: 2 }], waitForLeaders: true }),
    );
    const ensure = () => withAdmin(kafka, settings, (admin) => ensureTopics(admin, settings));
    await expect(ensure()).rejects.toThrow(`topic ${leadEvents} has 2 partitions; it must have 3`);
    await withAdmin(kafka, settings, (admin) =>
      admin.createPartitions({ topicPartitions: [{ topic: leadEvents, count: 3 }] }),
    );
    await expect(ensure()).rejects.toThrow(`topic ${leadEvents} has retention.ms 604800000; it must have -1`);
    const topics = await withAdmin(kafka, settings, (admin) => admin.listTopics());
    expect(Object.values<string>({ ...settings.topics }).filter((topic) => topics.includes(topic))).toEqual([
      leadEvents,
    ]);
  });

  it('reads committed records from any offset, without a group', async () => {
    const settings = testSettings(broker.address);
    await makeTopics(settings);
    const kafka = await openClient(settings, { clientId: 'spec' });
    const topic = settings.topics.trail;
    const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const send = async (values: readonly string[], end: 'commit' | 'abort'): Promise<void> => {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: values.map((value) => ({ value })) });
      await transaction[end]();
    };
    await send(['a', 'b'], 'commit');
    await send(['never'], 'abort');
    await send(['c'], 'commit');
    const open = await producer.transaction();
    await open.send({ topic, messages: [{ value: 'not yet' }] });

    const reader = await PartitionReader.open(kafka);
    const [end] = await reader.ends(topic, 1);
    const values: string[] = [];
    let next = 1n;
    while (next < end!) {
      const part = await reader.read(topic, 0, next);
      values.push(...part.records.map(({ value }) => String(value)));
      expect(part.next).toBeGreaterThan(next);
      next = part.next;
    }
    expect(values).toEqual(['b', 'c']);
    expect(next).toBe(end);
    expect(await reader.read(topic, 0, next)).toEqual({ records: [], next });
    await open.abort();
    await reader.close();
    await producer.disconnect();
  });
});
