import type { Clock } from '../decider/clock.js';
import { hasReached, type EventFeed, type FeedBatch, type FeedProgress } from '../event-feed/event-feed.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { openBuild, readProgress, updateBuild } from './builds.js';
import { DeadLetters } from './dead-letters.js';
import type { Projection, StreamPlace } from './projection.js';
import { Projecting } from './projecting.js';
import type { BuildStatus } from './runner-tables.js';
import { StreamMarks } from './stream-marks.js';
import { Waiters, type WaitOptions } from './waiters.js';

export interface ViewStatus {
  readonly projection: string;
  readonly version: number;
  readonly status: BuildStatus;
  /** age in milliseconds of the oldest event that is not yet in the view; 0 where there is none */
  readonly behindMs: number;
  readonly parkedStreams: number;
  /** age in milliseconds of the oldest dead letter; 0 where there is none */
  readonly oldestParkedMs: number;
  /** why it does not go on; without personal data */
  readonly fault: string | undefined;
}

/** A projection at work: its build, how far it is, and who waits for it. */
export class View {
  private readonly waiters = new Waiters();
  private readonly marks: StreamMarks;
  private readonly deadLetters: DeadLetters;
  private readonly projecting: Projecting;
  private fault: string | undefined;
  private stopped = false;

  private constructor(
    readonly projection: Projection,
    private readonly database: ReadDatabase,
    private readonly clock: Clock,
    private readonly build: string,
    private status: BuildStatus,
    private reached: Map<number, bigint>,
    /** what stood when it began: until that is in the view, it is being built */
    private readonly buildUntil: FeedProgress,
  ) {
    this.marks = new StreamMarks(build);
    this.deadLetters = new DeadLetters(build);
    this.projecting = new Projecting(database, projection, build, clock);
  }

  static async open(projection: Projection, database: ReadDatabase, feed: EventFeed, clock: Clock): Promise<View> {
    const buildUntil = await feed.head();
    const { build, status } = await database.transaction(async (tx) => {
      const opened = await openBuild(tx, projection);
      await updateBuild(tx, opened.build, { fault: null });
      return opened;
    });
    const reached = new Map(await readProgress(database.reading, build));
    const view = new View(projection, database, clock, build, status, reached, buildUntil);
    await view.becomeLive();
    return view;
  }

  get progress(): FeedProgress {
    return this.reached;
  }

  get isBuilding(): boolean {
    return this.status === 'building';
  }

  /** Whether it does not go on until the program is started again. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** @throws what `Projecting.project` throws */
  async take(batch: FeedBatch): Promise<void> {
    if (batch.offset <= (this.reached.get(batch.partition) ?? -1n)) return;
    const marks = await this.projecting.project(batch, this.status === 'live');
    this.reached.set(batch.partition, batch.offset);
    this.fault = undefined;
    await this.becomeLive();
    this.waiters.reached(marks);
  }

  /** After a commit whose outcome is not known, only the database can say how far it is. */
  async rereadProgress(): Promise<void> {
    this.reached = new Map(await readProgress(this.database.reading, this.build));
  }

  /** For good: a gap, or what cannot be rebuilt. */
  async stop(fault: string): Promise<void> {
    this.stopped = true;
    this.fault = fault;
    this.waiters.giveUp();
    await this.database.transaction((tx) => updateBuild(tx, this.build, { fault }));
  }

  /** For now: shown until the next batch is done. */
  hold(fault: string): void {
    this.fault = fault;
  }

  whenProcessed(place: StreamPlace, options: WaitOptions): Promise<boolean> {
    return this.waiters.wait(place, options, async () => {
      const mark = await this.marks.of(this.database.reading, place.stream);
      if (mark !== undefined && mark.revision >= place.revision) return true;
      return mark?.parked || this.stopped ? false : undefined;
    });
  }

  giveUpWaiting(): void {
    this.waiters.giveUp();
  }

  async describe(feed: EventFeed): Promise<ViewStatus> {
    const [oldest, parked] = await Promise.all([
      feed.oldestAfter(this.reached),
      this.deadLetters.count(this.database.reading),
    ]);
    const { name: projection, version } = this.projection;
    return {
      projection,
      version,
      status: this.status,
      behindMs: this.age(oldest),
      parkedStreams: parked.streams,
      oldestParkedMs: this.age(parked.oldest),
      fault: this.fault,
    };
  }

  private age(time: string | undefined): number {
    return time === undefined ? 0 : Math.max(0, this.clock() - Date.parse(time));
  }

  private async becomeLive(): Promise<void> {
    if (this.status === 'live' || !hasReached(this.reached, this.buildUntil)) return;
    await this.database.transaction((tx) => updateBuild(tx, this.build, { status: 'live' }));
    this.status = 'live';
  }
}
