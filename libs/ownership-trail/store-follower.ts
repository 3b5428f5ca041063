import { leafOf, quarantinedLeaf, type Leaf } from '../contracts/leaf.js';
import { canonicalJson } from '../canonical-json/canonical-json.js';
import { UnreadableEvent, type EventStore, type Position, type RecordedEvent } from '../event-store/event-store.js';

/** The store, for whoever only looks. */
export type StoreReading = Pick<EventStore, 'readAll' | 'readStream'>;

const PAGE = 1_000;
const UNREADABLE = 'the event of this leaf cannot be read in the store';

/** An event that stands in the store and cannot be read is one that was changed, and no fault of the disk alone. */
export async function orUnreadable<Result>(reading: Promise<Result>): Promise<Result | typeof UNREADABLE> {
  try {
    return await reading;
  } catch (fault) {
    if (fault instanceof UnreadableEvent) return UNREADABLE;
    throw fault;
  }
}

/** What of a stored event is not as it was sealed; undefined where nothing is. */
export function differenceOf(event: RecordedEvent, sealed: Leaf): string | undefined {
  let stored: Leaf;
  try {
    stored = (sealed.quarantined ? quarantinedLeaf : leafOf)(event, sealed.prev);
  } catch {
    return 'the event in the store has no leaf';
  }
  const members = new Set([...Object.keys(stored), ...Object.keys(sealed)]) as Set<keyof Leaf>;
  const different = [...members].find((name) => text(stored[name]) !== text(sealed[name]));
  return different === undefined ? undefined : `${different} is not that of the event in the store`;
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : canonicalJson(value));

/** Goes through a store beside its log: both have one order, so that each leaf's event must be the next one. */
export class StoreFollower {
  #page: readonly RecordedEvent[] = [];
  #at = 0;

  /** @param position of the event of the last leaf that was compared */
  constructor(
    private readonly store: StoreReading,
    public position?: Position,
  ) {}

  /** What the store has against the log's next leaf. */
  async problemOf(leaf: Leaf): Promise<string | undefined> {
    const event = await orUnreadable(this.#next());
    if (event === UNREADABLE) return event;
    if (event?.id === leaf.eventId) {
      // No leaf has it, but whoever reads on from a position would pass over one of the two.
      if (event.position === this.position) return 'the event in the store has the position of the one before it';
      this.#at += 1;
      this.position = event.position;
      return differenceOf(event, leaf);
    }
    const found = await orUnreadable(this.store.readStream(leaf.stream, { from: Number(leaf.rev), limit: 1 }));
    if (found === UNREADABLE) return found;
    const [own] = found;
    if (event === undefined || own?.id !== leaf.eventId) return 'the store has no event of this leaf';
    return `the store has event ${event.id} before that of this leaf, and it has no leaf`;
  }

  /**
   * The first event after the last leaf's, if it was recorded before a time by which it should have been sealed.
   *
   * @param due ISO 8601
   */
  async overdue(due: string): Promise<string | undefined> {
    const event = await orUnreadable(this.#next());
    if (event === UNREADABLE) return 'an event that cannot be read has no leaf';
    const recordedAt = event?.metadata['recordedAt'];
    const isDue = typeof recordedAt !== 'string' || recordedAt < due;
    return event && isDue ? `event ${event.id} has no leaf` : undefined;
  }

  async #next(): Promise<RecordedEvent | undefined> {
    if (this.#at === this.#page.length) {
      const after = this.position === undefined ? {} : { after: this.position };
      this.#page = await this.#read(after);
      this.#at = 0;
    }
    return this.#page[this.#at];
  }

  /** One by one up to an event that cannot be read: those before it are compared first. */
  async #read(after: { readonly after?: Position }): Promise<readonly RecordedEvent[]> {
    const page = await orUnreadable(this.store.readAll({ ...after, limit: PAGE }));
    return page === UNREADABLE ? this.store.readAll({ ...after, limit: 1 }) : page;
  }
}
