import { canonicalHash } from '../canonical-json/canonical-json.js';
import type { TrailRecord } from '../contracts/trail-record.js';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import type { PublishedLog } from './published-log.js';
import { eventText, StreamDigests } from './stream-digests.js';

export type VerifiedStore = Pick<EventStore, 'readAll' | 'readStream' | 'comparePositions'>;

export interface Verified {
  /** up to where store and topics were compared: what the relay had reached at the beginning */
  readonly position: Position | undefined;
  readonly events: number;
  readonly streams: number;
  /** the first thing that differs, in one line; undefined: nothing does */
  readonly difference: string | undefined;
}

const PAGE = 1_000;

/**
 * Holds the store against the topics: count and rolling hash of each stream, and the trail event by event in commit
 * order. The relay may go on meanwhile. Takes about 100 bytes of memory for a stream, and none for an event.
 *
 * @param progress how many records were looked at since the last call
 * @throws NoCloudEvent, and the faults of store and Kafka
 */
export async function verifyTopics(
  store: VerifiedStore,
  published: PublishedLog,
  progress: (records: number) => void,
): Promise<Verified> {
  const position = await published.reached();
  const within = (event: { readonly position: Position }): boolean =>
    position !== undefined && store.comparePositions(event.position, position) <= 0;
  const stored = new StreamDigests();
  const trail = new TrailCheck(published.trail(), within);
  let events = 0;
  for await (const page of pagesUntil(store, within)) {
    for (const event of page) {
      stored.add(event);
      await trail.expect(event);
    }
    events += page.length;
    progress(page.length);
  }
  await trail.expectEnd();

  const found = new StreamDigests();
  for await (const part of published.events()) {
    for (const event of part) if (within(event)) found.add(event);
    progress(part.length);
  }
  const stream = stored.firstDifference(found);
  const difference = stream === undefined ? trail.difference : await describe(store, published, stream, within);
  return { position, events, streams: stored.size, difference };
}

async function* pagesUntil(
  store: VerifiedStore,
  within: (event: RecordedEvent) => boolean,
): AsyncGenerator<readonly RecordedEvent[]> {
  for (let after: Position | undefined; ;) {
    const page = await store.readAll({ ...(after !== undefined && { after }), limit: PAGE });
    const known = page.filter(within);
    if (known.length > 0) yield known;
    const last = page.at(-1);
    if (last === undefined || known.length < page.length) return;
    after = last.position;
  }
}

/** The trail beside the store's own order. */
class TrailCheck {
  difference: string | undefined;
  private readonly records: AsyncIterator<TrailRecord>;
  private at = 0;

  constructor(
    parts: AsyncIterable<readonly TrailRecord[]>,
    private readonly within: (record: TrailRecord) => boolean,
  ) {
    this.records = flat(parts)[Symbol.asyncIterator]();
  }

  async expect(event: RecordedEvent): Promise<void> {
    if (this.difference !== undefined) return;
    const { value: record } = (await this.records.next()) as { value: TrailRecord | undefined };
    const what = record === undefined ? 'nothing' : differenceOf(record, event);
    if (what !== undefined) {
      this.difference = `the trail has ${what} at number ${this.at}, where ${placeOf(event)} should be`;
    }
    this.at += 1;
  }

  async expectEnd(): Promise<void> {
    if (this.difference !== undefined) return;
    const { value: record } = (await this.records.next()) as { value: TrailRecord | undefined };
    if (record !== undefined && this.within(record)) {
      this.difference = `the trail has ${placeOf(record)} at number ${this.at}, which the store has not`;
    }
  }
}

async function* flat(parts: AsyncIterable<readonly TrailRecord[]>): AsyncGenerator<TrailRecord> {
  for await (const part of parts) yield* part;
}

function differenceOf(record: TrailRecord, event: RecordedEvent): string | undefined {
  const isIt =
    record.id === event.id &&
    record.stream === event.stream &&
    record.revision === event.revision &&
    record.position === event.position;
  if (!isIt) return placeOf(record);
  if (record.type !== event.type) return 'another type';
  if (record.dataHash !== canonicalHash(event.data)) return 'the hash of other data';
  return JSON.stringify(record.metadata) === JSON.stringify(event.metadata) ? undefined : 'other metadata';
}

/** What exactly differs in a stream: found by looking once more, at it alone. */
async function describe(
  store: VerifiedStore,
  published: PublishedLog,
  stream: string,
  within: (event: RecordedEvent) => boolean,
): Promise<string> {
  const found: RecordedEvent[] = [];
  for await (const part of published.events()) {
    found.push(...part.filter((event) => event.stream === stream && within(event)));
  }
  let at = 0;
  for (let isFull = true; isFull;) {
    const page = await store.readStream(stream, { from: at, limit: PAGE });
    for (const event of page.filter(within)) {
      const its = found[at];
      if (its === undefined) return `${placeOf(event)} (${event.id}) is not in the topic`;
      if (its.revision !== event.revision) return `the topic has ${placeOf(its)} where ${placeOf(event)} should be`;
      if (eventText(its) !== eventText(event)) return `the topic has ${placeOf(event)} with other content`;
      at += 1;
    }
    isFull = page.length === PAGE;
  }
  const more = found[at];
  return more ? `the topic has ${placeOf(more)} (${more.id}) beyond what the store has` : `${stream} differs`;
}

const placeOf = ({ stream, revision }: { readonly stream: string; readonly revision: number }): string =>
  `${stream}@${revision}`;
