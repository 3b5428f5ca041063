import { createHash } from 'node:crypto';
import {
  MOST_APPEND_BYTES,
  MOST_EVENTS_PER_APPEND,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from './event-store.js';

/** Why a history was not copied; one clear line that names the first place. What was copied stays. */
export class CopyRefused extends Error {
  override name = 'CopyRefused';
}

export interface CopyOptions {
  readonly from: EventStore;
  readonly to: EventStore;
  /** told again and again how many events are done in a phase */
  readonly progress?: (phase: CopyPhase, events: number) => void;
}

/** Comparing what an earlier run has copied, copying the rest, comparing all. */
export type CopyPhase = 'compared' | 'copied' | 'verified';

export interface Copied {
  readonly events: number;
  /** of them by this run */
  readonly written: number;
  readonly streams: number;
  /** hex SHA-256 over all events in commit order, as both stores gave them */
  readonly hash: string;
}

const PAGE = 1_000;
/** Room for what an append counts beside the bodies. */
const MOST_BYTES = MOST_APPEND_BYTES - 64 * 1024;

/**
 * Copies a history into a store that has none or a beginning of it: every event with its id, stream, revision and
 * content, in the same commit order, which the trail and every replay stand on. One append after the other therefore,
 * and an interrupted run is taken up where it stood: what is in the target is the only progress that is kept.
 *
 * @throws CopyRefused at the first event of the target that is not the source's
 * @throws StoreFault when a store cannot answer; run it again
 */
export async function copyStore({ from, to, progress = () => undefined }: CopyOptions): Promise<Copied> {
  const source = new Walk(from);
  const done = await compare(source, new Walk(to), (events) => progress('compared', events));
  let written = 0;
  for (;;) {
    const run = await source.run();
    if (run.length === 0) break;
    await append(to, run);
    written += run.length;
    progress('copied', done.events + written);
  }
  const all = await compare(new Walk(from), new Walk(to), (events) => progress('verified', events));
  if (all.events !== done.events + written)
    throw new CopyRefused(`the target has ${all.events} of ${done.events + written} events`);
  return { ...all, written };
}

/** Both in step, to the target's end. */
async function compare(source: Walk, target: Walk, told: (events: number) => void) {
  const hash = createHash('sha256');
  const streams = new Set<string>();
  let events = 0;
  for (let there = await target.next(); there !== undefined; there = await target.next()) {
    const here = await source.next();
    if (here === undefined) throw new CopyRefused(`the target has more than the source: ${placeOf(there)}`);
    const text = textOf(here);
    if (text !== textOf(there)) throw new CopyRefused(differenceOf(here, there));
    hash.update(text).update('\n');
    streams.add(here.stream);
    events += 1;
    if (events % PAGE === 0) told(events);
  }
  told(events);
  return { events, streams: streams.size, hash: hash.digest('hex') };
}

async function append(to: EventStore, run: readonly RecordedEvent[]): Promise<void> {
  const [first] = run;
  if (first === undefined) return;
  const events = run.map(({ id, type, data, metadata }): NewEvent => ({ id, type, data, metadata }));
  const result = await to.append(first.stream, first.revision === 0 ? 'no-stream' : first.revision - 1, events);
  if (!result.ok)
    throw new CopyRefused(`somebody else writes into the target: ${first.stream} stands at ${result.actual} there`);
}

/** Stores keep the order of keys, so that the text is the same where the content is. */
const textOf = ({ stream, revision, id, type, data, metadata }: RecordedEvent): string =>
  JSON.stringify([stream, revision, id, type, data, metadata]);

const placeOf = ({ stream, revision }: RecordedEvent): string => `${stream}@${revision}`;

function differenceOf(here: RecordedEvent, there: RecordedEvent): string {
  const what = here.stream === there.stream && here.revision === there.revision ? 'is another event' : 'stands instead';
  return `the target is no copy of this source: where the source has ${placeOf(here)}, there ${placeOf(there)} ${what}`;
}

/** A store read from its beginning, one event after the other. */
class Walk {
  #page: readonly RecordedEvent[] = [];
  #at = 0;
  #after: string | undefined;

  constructor(private readonly store: EventStore) {}

  async next(): Promise<RecordedEvent | undefined> {
    const event = await this.#peek();
    if (event !== undefined) this.#at += 1;
    return event;
  }

  /** The next events as far as they are of one stream and fit into one append. */
  async run(): Promise<readonly RecordedEvent[]> {
    const run: RecordedEvent[] = [];
    let bytes = 0;
    for (let event = await this.#peek(); event !== undefined; event = await this.#peek()) {
      bytes += Buffer.byteLength(JSON.stringify([event.data, event.metadata])) + 2 * event.type.length;
      const fits = run.length === 0 || (run[0]?.stream === event.stream && bytes <= MOST_BYTES);
      if (!fits || run.length === MOST_EVENTS_PER_APPEND) break;
      run.push(event);
      this.#at += 1;
    }
    return run;
  }

  async #peek(): Promise<RecordedEvent | undefined> {
    if (this.#at === this.#page.length) {
      const after = this.#after;
      this.#page = await this.store.readAll({ limit: PAGE, ...(after !== undefined && { after }) });
      this.#at = 0;
      this.#after = this.#page.at(-1)?.position ?? after;
    }
    return this.#page[this.#at];
  }
}
