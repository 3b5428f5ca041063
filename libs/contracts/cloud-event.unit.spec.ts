import { Kafka, type CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import { canonicalHash } from '../canonical-json/canonical-json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { decodeCloudEvent, encodeCloudEvent, NoCloudEvent, type ReceivedRecord } from './cloud-event.js';
import { decodeTrailRecord, encodeTrailRecord } from './trail-record.js';

const anyObject = fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 5,
  noNullPrototype: true,
});
const anyEvent = fc.record(
  {
    id: fc.uuid(),
    type: fc.constantFrom('LeadScored.v1', 'LeadScored.v2', 'TeamFormed.v1'),
    stream: fc.constantFrom('lead-0190c1a2-0000-7000-8000-000000000001', 'team-north', 'sla-x:y', 'contact-a_b.c'),
    revision: fc.nat(2 ** 31 - 1),
    position: fc.constantFrom('1', '9007199254740991', 'C:18446744073709551615/P:18446744073709551615'),
    data: anyObject,
    metadata: fc.oneof(
      anyObject.filter(({ recordedAt }) => recordedAt === undefined),
      fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }).map((date) => {
        return { recordedAt: date.toISOString(), actor: { kind: 'human', id: 'ben' } };
      }),
    ),
  },
  { noNullPrototype: true },
) as fc.Arbitrary<RecordedEvent>;

/** What Kafka makes of a record: bytes. */
function received({ key, value, headers }: ReturnType<typeof encodeCloudEvent>): ReceivedRecord & {
  headers: Record<string, Buffer>;
} {
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
  return { key: Buffer.from(key), value: Buffer.from(value), headers: Object.fromEntries(bytes) };
}
const through = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const event: RecordedEvent = {
  id: '0190c1a2-0000-7000-8000-00000000000f',
  type: 'LeadScored.v1',
  stream: 'lead-0190c1a2-0000-7000-8000-000000000001',
  revision: 7,
  position: '42',
  data: { cycle: 1, total: 60 },
  metadata: { recordedAt: '2026-03-01T09:00:00.000Z', actor: { kind: 'rule', id: 'scoring' } },
};

describe('a CloudEvent', () => {
  it('comes back as the event that it was made of', () => {
    fc.assert(
      fc.property(anyEvent, (one) => {
        expect(decodeCloudEvent(received(encodeCloudEvent(one)))).toEqual(through(one));
      }),
    );
  });

  it('stands as it is documented', () => {
    expect(encodeCloudEvent(event)).toEqual({
      key: '0190c1a2-0000-7000-8000-000000000001',
      value: JSON.stringify({ data: event.data, metadata: event.metadata }),
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: event.id,
        ce_source: 'urn:baton:event-store',
        ce_type: 'LeadScored.v1',
        ce_subject: event.stream,
        ce_time: '2026-03-01T09:00:00.000Z',
        ce_dataschema: 'urn:baton:schema:LeadScored.v1',
        ce_revision: '7',
        ce_position: '42',
      },
    });
    expect(encodeCloudEvent({ ...event, stream: 'team-north' }).key).toBe('team-north');
  });

  it('is one to the CloudEvents project’s own library, which finds it valid', () => {
    const { key, value, headers } = encodeCloudEvent(event);
    const parsed = Kafka.toEvent({ key, value, headers, body: value } as never) as CloudEvent;
    expect(parsed.validate()).toBe(true);
    expect(parsed).toMatchObject({ id: event.id, type: event.type, subject: event.stream, specversion: '1.0' });
  });
});

describe('a record that is no CloudEvent', () => {
  const good = received(encodeCloudEvent(event));
  const headers = (change: Record<string, unknown>): ReceivedRecord =>
    ({ ...good, headers: { ...good.headers, ...change } }) as ReceivedRecord;
  const value = (text: string): ReceivedRecord => ({ ...good, value: Buffer.from(text) });
  const refused: [string, ReceivedRecord][] = [
    ...Object.keys(good.headers)
      .filter((name) => name !== 'ce_time')
      .map((name): [string, ReceivedRecord] => [`header ${name} is missing`, headers({ [name]: undefined })]),
    ...Object.keys(good.headers)
      .filter((name) => name !== 'ce_dataschema')
      .map((name): [string, ReceivedRecord] => [`header ${name} is not as`, headers({ [name]: 'canary canary' })]),
    ['header ce_id is there more than once', headers({ ce_id: [good.headers.ce_id, good.headers.ce_id] })],
    ['header ce_revision is not as', headers({ ce_revision: '2147483648' })],
    ['header ce_revision is not as', headers({ ce_revision: '-1' })],
    ['ce_dataschema is not that of ce_type', headers({ ce_dataschema: 'urn:baton:schema:LeadWon.v1' })],
    ['ce_time is not the time', headers({ ce_time: '2026-03-01T09:00:00.001Z' })],
    ['ce_time is not the time', headers({ ce_time: undefined })],
    ['the key is not that of ce_subject', { ...good, key: null }],
    ['the key is not that of ce_subject', { ...good, key: Buffer.from('canary') }],
    ['it has no value', { ...good, value: null }],
    ['the value is not JSON', value('{"data":{},"metadata":{canary')],
    ['the value is no JSON object', value('[]')],
    ['the value is no JSON object', value('null')],
    ['the value has no object `data`', value('{"data":[],"metadata":{}}')],
    ['the value has no object `metadata`', value('{"data":{}}')],
    ['the value is longer than', value(`"${'x'.repeat(600_000)}"`)],
    ['header ce_specversion is missing', { key: null, value: Buffer.from('canary') }],
  ];

  it.each(refused)('%s', (problem, record) => {
    const decode = () => decodeCloudEvent(record);
    expect(decode).toThrow(NoCloudEvent);
    expect(decode).toThrow(problem);
    expect(decode).not.toThrow('canary');
  });

  it('is not one for a header of somebody else', () => {
    expect(decodeCloudEvent(headers({ traceparent: Buffer.from('00-1-1-01') }))).toEqual(event);
  });
});

describe('a record for the trail', () => {
  it('has the hash of the data and the metadata, and nothing of the payload', () => {
    fc.assert(
      fc.property(anyEvent, (one) => {
        const { data, ...rest } = through(one);
        expect(decodeTrailRecord(received(encodeTrailRecord(one)))).toEqual({ ...rest, dataHash: canonicalHash(data) });
      }),
    );
  });

  it('is not taken for the event itself, nor the event for it', () => {
    expect(() => decodeCloudEvent(received(encodeTrailRecord(event)))).toThrow('ce_dataschema is not that of ce_type');
    expect(() => decodeTrailRecord(received(encodeCloudEvent(event)))).toThrow(
      'ce_dataschema is not that of the trail',
    );
  });
});
