import type { TrailRecord } from '../contracts/trail-record.js';
import { decodeTrailRecord, encodeTrailRecord } from '../contracts/trail-record.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { everything, newEvents } from '../event-store/opened-store.spec-kit.js';
import type { PublishedLog } from './published-log.js';
import { verifyTopics } from './verify-topics.js';

/** A log in memory, in two partitions. */
class PublishedArrays implements PublishedLog {
  constructor(
    readonly all: RecordedEvent[],
    readonly sealed: TrailRecord[],
    readonly position: string | undefined,
  ) {}
  reached = async () => this.position;
  total = async () => this.all.length;
  close = async () => undefined;
  async *events() {
    for (const half of [0, 1]) yield this.all.filter(({ stream }) => stream.length % 2 === half);
  }
  async *trail() {
    yield this.sealed;
  }
}

async function setUp() {
  const store = new MemoryEventStore();
  for (const stream of ['lead-a', 'lead-bb', 'team-north']) await store.append(stream, 'no-stream', newEvents(3));
  const all = await everything(store);
  await store.append('lead-a', 2, newEvents(1));
  const sealed = all.map((event) => decodeTrailRecord(encodeTrailRecord(event)));
  const verify = (events: RecordedEvent[] = all, trail = sealed, position: string | null = '9') =>
    verifyTopics(store, new PublishedArrays(events, trail, position ?? undefined), () => undefined);
  return { store, all, sealed, verify };
}

const at = <T>(list: readonly T[], index: number, item: T): T[] => list.map((one, n) => (n === index ? item : one));

describe('the store against the topics', () => {
  it('finds nothing where each event is there once, in its stream’s order, up to where the relay was', async () => {
    const { verify } = await setUp();
    expect(await verify()).toEqual({ position: '9', events: 9, streams: 3, difference: undefined });
    expect(await verify([], [], null)).toMatchObject({ events: 0, difference: undefined });
  });

  it('lets pass what the relay has published since', async () => {
    const { store, all, sealed, verify } = await setUp();
    const later = (await everything(store)).at(-1)!;
    const published = [...all, later];
    const trail = [...sealed, decodeTrailRecord(encodeTrailRecord(later))];
    expect((await verify(published, trail)).difference).toBeUndefined();
  });

  it('names the first event that is missing, doubled, out of order, changed or not the store’s', async () => {
    const { all, verify } = await setUp();
    const [a0, a1, a2] = all as [RecordedEvent, RecordedEvent, RecordedEvent];
    const difference = async (events: RecordedEvent[]) => (await verify(events)).difference;
    expect(await difference(all.filter((event) => event !== a1))).toBe(
      'the topic has lead-a@2 where lead-a@1 should be',
    );
    expect(await difference(all.filter((event) => event !== a2))).toBe(`lead-a@2 (${a2.id}) is not in the topic`);
    expect(await difference([...all, a2])).toBe(`the topic has lead-a@2 (${a2.id}) beyond what the store has`);
    expect(await difference([a1, a0, ...all.slice(2)])).toBe('the topic has lead-a@1 where lead-a@0 should be');
    expect(await difference(at(all, 1, { ...a1, data: { n: 'other' } }))).toBe(
      'the topic has lead-a@1 with other content',
    );
    const strange = { ...a1, stream: 'lead-zz', revision: 0 };
    expect(await difference([...all, strange])).toBe(`the topic has lead-zz@0 (${a1.id}) beyond what the store has`);
  });

  it('names the place where the trail differs', async () => {
    const { all, sealed, verify } = await setUp();
    const difference = async (trail: TrailRecord[]) => (await verify(all, trail)).difference;
    const [first, second] = sealed as [TrailRecord, TrailRecord];
    expect(await difference(sealed.slice(0, 8))).toBe(
      'the trail has nothing at number 8, where team-north@2 should be',
    );
    expect(await difference([second, first, ...sealed.slice(2)])).toBe(
      'the trail has lead-a@1 at number 0, where lead-a@0 should be',
    );
    expect(await difference(at(sealed, 1, { ...second, dataHash: '0'.repeat(64) }))).toBe(
      'the trail has the hash of other data at number 1, where lead-a@1 should be',
    );
    expect(await difference([...sealed, second])).toBe('the trail has lead-a@1 at number 9, which the store has not');
  });
});
