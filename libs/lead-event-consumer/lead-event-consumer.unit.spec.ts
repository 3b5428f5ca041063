import fc from 'fast-check';
import { anyRecorded } from '../contracts/any-event.spec-kit.js';
import { encodeCloudEvent, NoCloudEvent } from '../contracts/cloud-event.js';
import { CURRENT_FORMS } from '../contracts/event-forms.js';
import { leadEventOfRecord } from './kafka-records.js';
import { LeadEventConsumer, MemoryMarks, type ConsumerOptions, type Gap } from './lead-event-consumer.js';
import { leadEventOf, type LeadEvent, type UnknownLeadEvent } from './lead-event.js';
import { serverSentEvents } from './server-sent-events.js';

const won = (lead: string, revision: number, type = 'LeadWon.v1'): LeadEvent | UnknownLeadEvent =>
  leadEventOf({ id: `${lead}-${revision}`, type, stream: `lead-${lead}`, revision, data: { cycle: 1 }, metadata: {} });

function consumer(options: Partial<ConsumerOptions> = {}) {
  const handled: string[] = [];
  const gaps: Gap[] = [];
  const taking = new LeadEventConsumer({
    handle: ({ lead, revision }) => void handled.push(`${lead}@${revision}`),
    onGap: (gap) => void gaps.push(gap),
    ...options,
  });
  return { handled, gaps, take: (event: LeadEvent | UnknownLeadEvent) => taking.take(event) };
}

describe('A consumer of lead events', () => {
  it('takes each event once, however often and in whatever overlap deliveries repeat', async () => {
    const deliveries = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(6), fc.nat(6)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(deliveries, async (runs) => {
        const { handled, gaps, take } = consumer();
        const reached: Record<string, number> = { a: -1, b: -1 };
        for (const [lead, back, length] of runs) {
          const from = Math.max(0, (reached[lead] ?? -1) + 1 - back);
          for (let revision = from; revision < from + length; revision += 1) {
            const isNew = revision > (reached[lead] ?? -1);
            expect(await take(won(lead, revision))).toBe(isNew ? 'handled' : 'seen');
            if (isNew) reached[lead] = revision;
          }
        }
        expect(gaps).toEqual([]);
        for (const lead of ['a', 'b']) {
          const own = handled.filter((place) => place.startsWith(lead));
          expect(own).toEqual(
            Array.from({ length: (reached[lead] ?? -1) + 1 }, (_, revision) => `${lead}@${revision}`),
          );
        }
      }),
    );
  });

  it('reports what did not come before it goes on', async () => {
    const { handled, gaps, take } = consumer();
    for (const revision of [0, 1, 4]) await take(won('a', revision));
    await take(won('b', 2));
    expect(gaps).toEqual([
      { lead: 'a', expected: 2, came: 4 },
      { lead: 'b', expected: 0, came: 2 },
    ]);
    expect(handled).toEqual(['a@0', 'a@1', 'a@4', 'b@2']);
    expect(await take(won('a', 3))).toBe('seen');
  });

  it('counts an event as handled only when it was', async () => {
    const marks = new MemoryMarks();
    let fails = true;
    const handle = (): void => {
      if (fails) throw new Error('away');
    };
    const { take } = consumer({ handle, marks });
    await expect(take(won('a', 0))).rejects.toThrow('away');
    expect(marks.of('a')).toBeUndefined();
    fails = false;
    expect(await take(won('a', 0))).toBe('handled');
    expect(marks.of('a')).toBe(0);
  });

  it('stops at a type or version that it is too old for, unless it is told that it can do without', async () => {
    const strict = consumer();
    await strict.take(won('a', 0));
    await expect(strict.take(won('a', 1, 'LeadWon.v9'))).rejects.toThrow(
      'lead-a@1 is LeadWon.v9, which this service does not know: update it',
    );
    const passed: UnknownLeadEvent[] = [];
    const lenient = consumer({ onUnknown: (event) => void passed.push(event) });
    expect(await lenient.take(won('a', 0, 'LeadFramed.v1'))).toBe('passed-over');
    expect(passed).toEqual([{ lead: 'a', revision: 0, type: undefined, storedType: 'LeadFramed.v1' }]);
    expect(await lenient.take(won('a', 1))).toBe('handled');
  });
});

describe('A Kafka record', () => {
  const forms = CURRENT_FORMS.filter(({ category }) => category === 'lead');

  it('of any lead event is read as that event, without nonce and sealed part', () => {
    fc.assert(
      fc.property(fc.constantFrom(...forms).chain(anyRecorded), (event) => {
        const { key, value, headers } = encodeCloudEvent(event);
        const { nonce: _nonce, pii: _pii, ...data } = event.data;
        expect(leadEventOfRecord({ key: Buffer.from(key), value: Buffer.from(value), headers })).toEqual({
          lead: event.stream.slice('lead-'.length),
          revision: event.revision,
          id: event.id,
          type: event.type.slice(0, -'.v1'.length),
          data,
          metadata: event.metadata,
        });
      }),
    );
  });

  it('that is none of ours is refused', () => {
    expect(() => leadEventOfRecord({ key: null, value: Buffer.from('{}') })).toThrow(NoCloudEvent);
  });
});

describe('text/event-stream', () => {
  const text =
    ': here\nid: 1\n\nid: 2\ndata: {"a":"ü"}\n\nevent: end\ndata: x\ndata: y\n\n: alone\n\nid: 3\ndata: cut o';
  const bytes = Buffer.from(text);
  const inParts = async function* (cuts: readonly number[]) {
    let from = 0;
    for (const cut of [...cuts].toSorted((a, b) => a - b)) {
      yield bytes.subarray(from, cut);
      from = cut;
    }
    yield bytes.subarray(from);
  };

  it('is read the same however it is cut, and not what never ended', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
        const read = [];
        for await (const message of serverSentEvents(inParts(cuts))) read.push(message);
        expect(read).toEqual([
          { id: '1', event: 'message', data: undefined },
          { id: '2', event: 'message', data: '{"a":"ü"}' },
          { id: '2', event: 'end', data: 'x\ny' },
          { id: '2', event: 'message', data: undefined },
        ]);
      }),
    );
  });
});
