import { isoTime, type Clock } from '../decider/clock.js';
import type { FeedBatch, FeedProgress } from '../event-feed/event-feed.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';
import { onTablesOf, suffixOf, type BuildSuffix } from './build-tables.js';
import { holdProgress, moveProgress, writeProgress } from './builds.js';
import { BEHIND_ANOTHER, DeadLetters, UNKNOWN_TYPE } from './dead-letters.js';
import { ParkedStreams, type Retried } from './parked-streams.js';
import {
  Overtaken,
  RebuildStopped,
  RevisionGap,
  UnknownEventType,
  type Projection,
  type StreamPlace,
} from './projection.js';
import type { BuildRow } from './runner-tables.js';
import { sift, type Marks, type Sifted } from './sift.js';
import { keyOf } from './skipped-events.js';
import { StreamMarks } from './stream-marks.js';

/**
 * Brings batches into one build of a projection: rows, marks and progress in one transaction, so that each event has
 * its effect once, whatever is delivered twice and wherever the process ends.
 */
export class Projecting {
  private readonly build: string;
  private readonly suffix: BuildSuffix;
  private readonly marks: StreamMarks;
  private readonly deadLetters: DeadLetters;
  private readonly parked: ParkedStreams;
  /** grows while it works: what an operator tells it to pass over */
  private readonly skipped: Set<string>;

  constructor(
    private readonly database: ReadDatabase,
    private readonly projection: Projection,
    { build, version, serial }: BuildRow,
    private readonly clock: Clock,
    skipped: ReadonlySet<string>,
  ) {
    this.build = build;
    this.suffix = suffixOf(version, serial);
    this.marks = new StreamMarks(build);
    this.deadLetters = new DeadLetters(build);
    this.skipped = new Set(skipped);
    this.parked = new ParkedStreams({
      database,
      marks: this.marks,
      deadLetters: this.deadLetters,
      fold: (event, tx) => this.foldOne(event, tx),
      hold: (tx) => holdProgress(tx, build),
      concernsAll: (error) => this.concernsAll(error),
    });
  }

  skip(place: StreamPlace): void {
    this.skipped.add(keyOf(place));
  }

  /** @see ParkedStreams.retry */
  retry(stream: string, advanced: (marks: Marks) => void): Promise<Retried> {
    return this.parked.retry(stream, advanced);
  }

  /**
   * @param batches one of each partition, at most
   * @param from where this process left the partitions; where others write as well and have moved one on, nothing is done
   * @param parking whether a stream that cannot be folded is laid aside; otherwise the whole projection stops there
   * @returns how far the streams of the batches are now
   * @throws Overtaken, RevisionGap, RebuildStopped, or the fault of a database that cannot work now; nothing of the batches that
   * was not done before counts as done then
   */
  async project(batches: readonly FeedBatch[], from: FeedProgress, parking: boolean): Promise<Marks> {
    const events = this.eventsOf(batches);
    const going = batches.map(({ partition, offset }) => ({ partition, from: from.get(partition), to: offset }));
    const held = going.map((move) => ({ ...move, to: move.from }));
    const moving = async <T>(work: Work<T>): Promise<T> =>
      this.database.transaction(async (tx) => {
        if (this.database.isShared) await moveProgress(tx, this.build, going);
        const done = await work(tx);
        if (!this.database.isShared) await this.writeReached(tx, batches);
        return done;
      });
    const staying: Staying = (work) =>
      this.database.transaction(async (tx) => {
        if (this.database.isShared) await moveProgress(tx, this.build, held);
        return work(tx);
      });
    try {
      return await moving((tx) => this.fold(tx, events, parking));
    } catch (error) {
      if (this.concernsAll(error)) throw error;
      const marks = await this.foldInParts(events, parking, staying);
      await moving(async () => undefined);
      return marks;
    }
  }

  private async writeReached(tx: Writing, batches: readonly FeedBatch[]): Promise<void> {
    for (const { partition, offset } of batches) await writeProgress(tx, this.build, partition, offset);
  }

  /**
   * The same in a transaction that others share, where the database is this process's alone. Whatever it throws, nothing
   * of the transaction may be committed.
   */
  async projectWithin(tx: Writing, batches: readonly FeedBatch[], parking: boolean): Promise<Marks> {
    const marks = await this.fold(tx, this.eventsOf(batches), parking);
    await this.writeReached(tx, batches);
    return marks;
  }

  private eventsOf(batches: readonly FeedBatch[]): readonly RecordedEvent[] {
    const prefix = `${this.projection.category}-`;
    return batches.flatMap(({ events }) => events.filter((event) => event.stream.startsWith(prefix)));
  }

  private async fold(tx: Writing, events: readonly RecordedEvent[], parking: boolean): Promise<Marks> {
    if (events.length === 0) return new Map();
    const before = await this.marks.load(
      tx,
      events.map((event) => event.stream),
    );
    const sifted = sift(events, before, (type) => this.projection.handles(type), this.skipped);
    if (sifted.aside.length > 0) await this.layAside(tx, sifted, parking);
    if (sifted.fresh.length > 0) await this.apply(sifted.fresh, tx);
    await this.marks.save(tx, sifted.marks);
    return sifted.marks;
  }

  private async foldOne(event: RecordedEvent, tx: Writing): Promise<void> {
    if (this.skipped.has(keyOf(event))) return;
    if (!this.projection.handles(event.type)) throw new UnknownEventType();
    await this.apply([event], tx);
  }

  private apply(events: readonly RecordedEvent[], tx: Writing): Promise<void> {
    return this.projection.apply(events, onTablesOf(tx, this.projection.tables, this.suffix));
  }

  private async layAside(tx: Writing, { aside }: Sifted, parking: boolean): Promise<void> {
    const unknown = aside.find((one) => one.unknownType);
    if (!parking && unknown !== undefined) {
      throw new RebuildStopped(this.projection.name, 'unknown type of event', unknown.event);
    }
    const letters = aside.map(({ event, unknownType }) => ({
      event,
      fault: unknownType ? UNKNOWN_TYPE : BEHIND_ANOTHER,
    }));
    await this.deadLetters.park(tx, letters, isoTime(this.clock()));
  }

  /**
   * Finds what cannot be folded by halving, each part in a transaction of its own and without progress: should the
   * process end here, the batch comes again and the marks tell what of it is done.
   */
  private async foldInParts(events: readonly RecordedEvent[], parking: boolean, staying: Staying): Promise<Marks> {
    try {
      return await staying((tx) => this.fold(tx, events, parking));
    } catch (error) {
      if (this.concernsAll(error)) throw error;
      const [only] = events;
      if (events.length === 1 && only !== undefined) {
        if (parking) return staying((tx) => this.park(tx, only, faultName(error)));
        throw new RebuildStopped(this.projection.name, faultName(error), only);
      }
      const half = events.length >> 1;
      const first = await this.foldInParts(events.slice(0, half), parking, staying);
      return new Map([...first, ...(await this.foldInParts(events.slice(half), parking, staying))]);
    }
  }

  private async park(tx: Writing, event: RecordedEvent, fault: string): Promise<Marks> {
    const marks = new Map([[event.stream, { revision: event.revision - 1, parked: true }]]);
    await this.deadLetters.park(tx, [{ event, fault }], isoTime(this.clock()));
    await this.marks.save(tx, marks);
    return marks;
  }

  private concernsAll(error: unknown): boolean {
    return ENDINGS.some((kind) => error instanceof kind) || this.database.isUnavailable(error);
  }
}

type Work<T> = (tx: Writing) => Promise<T>;
/** In a transaction that leaves the progress where it is. */
type Staying = <T>(work: Work<T>) => Promise<T>;

const ENDINGS = [Overtaken, RevisionGap, RebuildStopped];

/** Never the message: it may repeat what a person typed. */
const faultName = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
