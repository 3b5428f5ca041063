import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_TOPICS } from '../contracts/topics.js';
import { kafkaSettingsFrom } from './kafka-settings.js';

const KAFKA = { BATON_KAFKA: 'one.example:9092, two.example:9092' };

describe('the settings of Kafka', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-kafka-settings-'));
    writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n');
    writeFileSync(join(folder, 'password'), 'secret\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are none without BATON_KAFKA, and else have what is usual', () => {
    expect(kafkaSettingsFrom({ BATON_KAFKA_REPLICATION: 'x' })).toBeUndefined();
    expect(kafkaSettingsFrom(KAFKA)).toEqual({
      brokers: ['one.example:9092', 'two.example:9092'],
      topics: DEFAULT_TOPICS,
      layout: { leadPartitions: 12, referencePartitions: 4, replication: 3, minInSync: 2 },
      skipped: new Set(),
    });
  });

  it('take TLS, a user, counts and names', () => {
    const settings = kafkaSettingsFrom({
      ...KAFKA,
      BATON_KAFKA_TLS: 'on',
      BATON_KAFKA_CA: join(folder, 'ca.pem'),
      BATON_KAFKA_SASL: 'scram-sha-512',
      BATON_KAFKA_USER: 'baton',
      BATON_KAFKA_PASSWORD_FILE: join(folder, 'password'),
      BATON_KAFKA_LEAD_PARTITIONS: '24',
      BATON_KAFKA_REPLICATION: '1',
      BATON_KAFKA_SKIP: 'baton.lead-events.v1/3/1234',
      BATON_TOPIC_TRAIL: 'sealed',
    });
    expect(settings).toMatchObject({
      tls: { ca: expect.stringContaining('BEGIN CERTIFICATE') as string },
      sasl: { mechanism: 'scram-sha-512', user: 'baton', password: 'secret' },
      topics: { trail: 'sealed' },
      layout: { leadPartitions: 24, replication: 1, minInSync: 1 },
      skipped: new Set(['baton.lead-events.v1/3/1234']),
    });
  });

  it.each([
    [{ BATON_KAFKA: 'one.example' }, 'BATON_KAFKA must be host:port'],
    [{ BATON_KAFKA: 'one.example:0' }, 'BATON_KAFKA must be host:port'],
    [{ BATON_KAFKA: 'http://one.example:9092' }, 'BATON_KAFKA must be host:port'],
    [{ BATON_KAFKA_TLS: 'yes' }, 'BATON_KAFKA_TLS must be on or off'],
    [{ BATON_KAFKA_TLS: 'on', BATON_KAFKA_CA: '/no/such' }, 'BATON_KAFKA_CA must name a readable file'],
    [{ BATON_KAFKA_CA: '/no/such' }, 'BATON_KAFKA_CA needs BATON_KAFKA_TLS=on'],
    [{ BATON_KAFKA_SASL: 'gssapi' }, 'BATON_KAFKA_SASL must be one of plain, scram-sha-256, scram-sha-512'],
    [{ BATON_KAFKA_SASL: 'scram-sha-256' }, 'BATON_KAFKA_SASL needs BATON_KAFKA_USER and BATON_KAFKA_PASSWORD'],
    [
      { BATON_KAFKA_SASL: 'plain', BATON_KAFKA_USER: 'u', BATON_KAFKA_PASSWORD: 'canary' },
      'BATON_KAFKA_SASL=plain needs BATON_KAFKA_TLS=on',
    ],
    [{ BATON_KAFKA_PASSWORD: 'canary' }, 'need BATON_KAFKA_SASL'],
    [{ BATON_KAFKA_LEAD_PARTITIONS: '0' }, 'BATON_KAFKA_LEAD_PARTITIONS must be a number from 1 to 1000'],
    [{ BATON_KAFKA_REPLICATION: '2', BATON_KAFKA_MIN_IN_SYNC: '3' }, 'BATON_KAFKA_MIN_IN_SYNC must not be more'],
    [{ BATON_KAFKA_SKIP: 'topic' }, 'BATON_KAFKA_SKIP must be topic/partition/offset'],
    [{ BATON_TOPIC_TRAIL: 'a topic' }, 'BATON_TOPIC_TRAIL must be letters'],
    [{ BATON_TOPIC_TRAIL: DEFAULT_TOPICS.leadEvents }, 'BATON_TOPIC_… must all differ'],
  ])('refuse %j in one line', (wrong, line) => {
    const read = () => kafkaSettingsFrom({ ...KAFKA, ...wrong });
    expect(read).toThrow(line);
    expect(read).not.toThrow('canary');
  });

  it('name all that is wrong at once', () => {
    const read = () => kafkaSettingsFrom({ BATON_KAFKA: 'x', BATON_KAFKA_TLS: 'y', BATON_KAFKA_REPLICATION: 'z' });
    expect(read).toThrow(/BATON_KAFKA must[^\n]*\nBATON_KAFKA_TLS must[^\n]*\nBATON_KAFKA_REPLICATION must/);
  });
});
