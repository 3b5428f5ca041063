import type { Clock } from '../decider/clock.js';
import { hasReached, type EventFeed, type FeedBatch, type FeedProgress } from '../event-feed/event-feed.js';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';
import { readProgress, updateBuild } from './builds.js';
import { DeadLetters, type ParkedStream } from './dead-letters.js';
import { goLive, promote } from './promotion.js';
import type { Retried } from './parked-streams.js';
import { RebuildStopped, type Projection, type RevisionGap, type StreamPlace } from './projection.js';
import { Projecting } from './projecting.js';
import type { BuildRow, BuildStatus, DeadLetterRow } from './runner-tables.js';
import type { Marks } from './sift.js';
import { StreamMarks } from './stream-marks.js';
import { Waiters, type WaitOptions } from './waiters.js';

export interface ViewParts {
  readonly projection: Projection;
  readonly build: BuildRow;
  readonly database: ReadDatabase;
  readonly feed: EventFeed;
  readonly clock: Clock;
  /** events to be passed over, as `keyOf` names them */
  readonly skipped: ReadonlySet<string>;
  /** called once queries see this view instead of the one before */
  readonly promoted: (view: View) => void;
}

export interface ViewStatus {
  readonly projection: string;
  readonly version: number;
  readonly build: string;
  readonly status: BuildStatus;
  /** whether queries see it */
  readonly serving: boolean;
  /** how far it is, in offsets of the feed, and how far there is to go */
  readonly done: number;
  readonly total: number;
  /** age in milliseconds of the oldest event that is not yet in the view; 0 where there is none */
  readonly behindMs: number;
  readonly parkedStreams: number;
  /** age in milliseconds of the oldest dead letter; 0 where there is none */
  readonly oldestParkedMs: number;
  /** why it does not go on; without personal data */
  readonly fault: string | undefined;
}

/** Batches on their way into a view. */
export interface Taking {
  readonly fold: (tx: Writing) => Promise<void>;
  readonly done: () => Promise<void>;
}

/** How often somebody who waits looks whether another process has done it: 40 times a second. */
const LOOK_MS = 25;

/** A build of a projection at work: how far it is, whether queries see it, and who waits for it. */
export class View {
  readonly projection: Projection;
  private readonly waiters = new Waiters();
  private readonly marks: StreamMarks;
  private readonly deadLetters: DeadLetters;
  private readonly projecting: Projecting;
  private build: BuildRow;
  private fault: string | undefined;
  private stopped = false;
  private poison: StreamPlace | undefined;
  private working: Promise<void> = Promise.resolve();
  private settling: Promise<void> = Promise.resolve();

  private constructor(
    private readonly parts: ViewParts,
    private reached: Map<number, bigint>,
    /** what stood when it began: until that is in the view, it is being built */
    private readonly buildUntil: FeedProgress,
  ) {
    const { build, projection, database, clock, skipped } = parts;
    this.build = build;
    this.projection = projection;
    this.marks = new StreamMarks(build.build);
    this.deadLetters = new DeadLetters(build.build);
    this.projecting = new Projecting(database, projection, build, clock, skipped);
  }

  static async open(parts: ViewParts): Promise<View> {
    const { build, database, feed } = parts;
    const buildUntil = await feed.head();
    await database.transaction((tx) => updateBuild(tx, build.build, { fault: null }));
    const view = new View(parts, new Map(await readProgress(database.reading, build.build)), buildUntil);
    await view.settle(buildUntil);
    return view;
  }

  get row(): BuildRow {
    return this.build;
  }

  get id(): string {
    return this.build.build;
  }

  get progress(): FeedProgress {
    return this.reached;
  }

  get isBuilding(): boolean {
    return this.build.status === 'building';
  }

  get isServing(): boolean {
    return this.build.serving === 1;
  }

  /** Whether it does not go on until somebody sets it going again. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** The event at which a rebuild stopped. */
  get stoppedAt(): StreamPlace | undefined {
    return this.poison;
  }

  /** @throws what `Projecting.project` throws */
  async take(batches: readonly FeedBatch[]): Promise<void> {
    const news = this.newOf(batches);
    // As it is now: what is learnt meanwhile of others' work must not become where this work began.
    if (news.length > 0) await this.during(this.project(news, new Map(this.reached)));
  }

  private async project(batches: readonly FeedBatch[], from: FeedProgress): Promise<void> {
    const head = await this.headBefore();
    await this.moved(batches, await this.projecting.project(batches, from, !this.isBuilding), head);
  }

  /**
   * To take batches in a transaction that other views share: first `fold`, in the transaction, then, once that is
   * committed, `done`. Whatever `fold` throws, nothing may be committed.
   */
  async taking(batches: readonly FeedBatch[]): Promise<Taking | undefined> {
    const news = this.newOf(batches);
    if (news.length === 0) return undefined;
    const head = await this.headBefore();
    let marks: Marks = new Map();
    return {
      fold: async (tx) => {
        marks = await this.projecting.projectWithin(tx, news, !this.isBuilding);
      },
      done: () => this.moved(news, marks, head),
    };
  }

  /** Whoever retires the view waits for this work on it. */
  async during(work: Promise<void>): Promise<void> {
    this.working = work.catch(() => undefined);
    await work;
  }

  private newOf(batches: readonly FeedBatch[]): readonly FeedBatch[] {
    return batches.filter(({ partition, offset }) => offset > (this.reached.get(partition) ?? -1n));
  }

  /** What comes while it works is no lag. */
  private async headBefore(): Promise<FeedProgress | undefined> {
    return this.isSettled ? undefined : this.parts.feed.head();
  }

  private async moved(batches: readonly FeedBatch[], marks: Marks, head: FeedProgress | undefined): Promise<void> {
    for (const { partition, offset } of batches) this.reached.set(partition, offset);
    this.fault = undefined;
    if (head !== undefined) await this.inTurn(() => this.settle(head));
    this.waiters.reached(marks);
  }

  /** After a commit whose outcome is not known, only the database can say how far it is. */
  async rereadProgress(): Promise<void> {
    this.reached = new Map(await readProgress(this.parts.database.reading, this.id));
  }

  /**
   * What other processes did with the build meanwhile: where it stands, whether queries see it, how far it is in the
   * partitions that they work.
   */
  async follow(row: BuildRow): Promise<void> {
    await this.inTurn(async () => {
      this.build = row;
      await this.readOthersProgress();
      if (!this.isSettled && !this.stopped) await this.settle(await this.parts.feed.head());
    });
  }

  /** Never back: what this process did since is not lost by it. */
  async readOthersProgress(): Promise<void> {
    for (const [partition, offset] of await readProgress(this.parts.database.reading, this.id)) {
      if (offset > (this.reached.get(partition) ?? -1n)) this.reached.set(partition, offset);
    }
  }

  /** For good: a gap, or what cannot be rebuilt. */
  async stop(error: RevisionGap | RebuildStopped): Promise<void> {
    const fault = error.message;
    this.stopped = true;
    this.fault = fault;
    if (error instanceof RebuildStopped) this.poison = error.place;
    this.waiters.giveUp();
    await this.parts.database.transaction((tx) => updateBuild(tx, this.id, { fault }));
  }

  /** Ends its work, without a fault; resolves when the batch under way is done. */
  async retire(): Promise<void> {
    this.stopped = true;
    this.waiters.giveUp();
    await this.working;
  }

  /** For now: shown until the next batch is done. */
  hold(fault: string): void {
    this.fault = fault;
  }

  whenProcessed(place: StreamPlace, options: WaitOptions): Promise<boolean> {
    return this.waiters.wait(
      place,
      options,
      async () => {
        const mark = await this.marks.of(this.parts.database.reading, place.stream);
        if (mark !== undefined && mark.revision >= place.revision) return true;
        return mark?.parked || this.stopped ? false : undefined;
      },
      this.parts.database.isShared ? LOOK_MS : undefined,
    );
  }

  giveUpWaiting(): void {
    this.waiters.giveUp();
  }

  skip(place: StreamPlace): void {
    this.projecting.skip(place);
  }

  parkedStreams(limit: number): Promise<readonly ParkedStream[]> {
    return this.deadLetters.streams(this.parts.database.reading, limit);
  }

  letters(stream: string, limit: number): Promise<readonly DeadLetterRow[]> {
    return this.deadLetters.ofStream(this.parts.database.reading, stream, limit);
  }

  /** Revision of the event for which a stream, or the whole build, waits here. */
  async waitsAt(stream: string): Promise<number | undefined> {
    if (this.poison?.stream === stream) return this.poison.revision;
    return (await this.letters(stream, 1))[0]?.revision;
  }

  /** @see ParkedStreams.retry */
  retry(stream: string): Promise<Retried> {
    return this.projecting.retry(stream, (marks: Marks) => this.waiters.reached(marks));
  }

  /** Lets an operator's word stand for the wait until it is told to take over. */
  release(): Promise<void> {
    return this.inTurn(async () => {
      await this.parts.database.transaction((tx) => updateBuild(tx, this.id, { held: 0 }));
      this.build = { ...this.build, held: 0 };
      await this.settle(await this.parts.feed.head());
    });
  }

  async describe(): Promise<ViewStatus> {
    const { feed, database } = this.parts;
    if (database.isShared) await this.readOthersProgress();
    const [oldest, parked, head] = await Promise.all([
      feed.oldestAfter(this.reached),
      this.deadLetters.count(database.reading),
      feed.head(),
    ]);
    const { projection, version, build, status } = this.build;
    return {
      projection,
      version,
      build,
      status,
      serving: this.isServing,
      done: progressSum(this.reached),
      total: progressSum(head),
      behindMs: this.age(oldest),
      parkedStreams: parked.streams,
      oldestParkedMs: this.age(parked.oldest),
      fault: this.fault,
    };
  }

  private age(time: string | undefined): number {
    return time === undefined ? 0 : Math.max(0, this.parts.clock() - Date.parse(time));
  }

  private get isSettled(): boolean {
    return !this.isBuilding && (this.isServing || this.build.held === 1);
  }

  /** One after the other: an operator may ask for the promotion while the last batch of the build is settled. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.settling.then(work);
    this.settling = done.catch(() => undefined);
    return done;
  }

  /**
   * Goes live once it has what stood when it began, and takes over from the one that serves once it has all there is.
   *
   * @param head what there was before the last batch
   */
  private async settle(head: FeedProgress): Promise<void> {
    const { database, feed } = this.parts;
    // The other partitions are other processes' work.
    if (feed.isShared && !this.isSettled) await this.rereadProgress();
    if (this.isBuilding && hasReached(this.reached, this.buildUntil)) this.build = await goLive(database, this.build);
    if (this.isSettled || this.isBuilding || !hasReached(this.reached, head)) return;
    this.build = await promote(database, this.build);
    this.parts.promoted(this);
  }
}

/** For bars: how many offsets a progress has behind it, over all partitions. */
export const progressSum = (progress: FeedProgress): number =>
  Number([...progress.values()].reduce((all, offset) => all + offset, 0n));
