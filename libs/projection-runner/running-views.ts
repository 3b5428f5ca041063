import { setTimeout as sleep } from 'node:timers/promises';
import { runConvoys, type ConvoyOptions } from './convoy.js';
import { openBuilds, readBuilds } from './builds.js';
import type { Projection } from './projection.js';
import type { RunnerOptions } from './runner-options.js';
import type { BuildRow } from './runner-tables.js';
import { keyOf } from './skipped-events.js';
import { View } from './view.js';

const FOLLOW_MS = 1_000;

/** The views that this program keeps up: of each projection the one that serves, and those that are to take over. */
export class RunningViews {
  private readonly running = new Set<Promise<void>>();
  private following: Promise<void> | undefined;
  private views: readonly View[] = [];

  constructor(
    private readonly options: RunnerOptions,
    private readonly convoyOptions: ConvoyOptions,
  ) {}

  get all(): readonly View[] {
    return this.views;
  }

  get names(): readonly string[] {
    return this.options.projections().map(({ name }) => name);
  }

  of(projection: string): readonly View[] {
    return this.views.filter((view) => view.projection.name === projection);
  }

  /** Whom queries and those who wait go by: the one that serves, else the one that is going to. */
  answering(projection: string): View | undefined {
    const views = this.of(projection);
    return views.find((view) => view.isServing) ?? views.at(-1);
  }

  /** @throws ReadDatabaseFault, or what the database throws */
  async start(): Promise<void> {
    const opened: View[] = [];
    for (const projection of this.options.projections()) {
      const { database } = this.options;
      const builds = await database.alone((tx) => openBuilds(tx, projection, database.isShared));
      for (const build of builds) opened.push(await this.open(build));
    }
    this.run(opened);
    if (this.options.database.isShared) this.following = this.follow();
  }

  /** Begins to keep up a build beside those that run. */
  async add(build: BuildRow): Promise<View> {
    const view = await this.open(build);
    this.run([view]);
    return view;
  }

  /** Ends the work on a view, once the batch under way is done. */
  async remove(view: View): Promise<void> {
    this.views = this.views.filter((one) => one !== view);
    await view.retire();
  }

  /** Sets a view that stopped going again, from where it is. */
  async resume(view: View): Promise<View> {
    await this.remove(view);
    return this.add(view.row);
  }

  async ended(): Promise<void> {
    await this.following;
    await Promise.all(this.running);
    for (const view of this.views) view.giveUpWaiting();
  }

  /** Each build has a projection of its own: it remembers statements that name the build's tables. */
  make(name: string): Projection {
    const projection = this.options.projections().find((one) => one.name === name);
    if (projection === undefined) throw new RangeError('no such projection');
    return projection;
  }

  private async open(build: BuildRow): Promise<View> {
    const { database, feed, clock, skips } = this.options;
    const view = await View.open({
      projection: this.make(build.projection),
      build,
      database,
      feed,
      clock,
      skipped: await skips.of(build.projection),
      promoted: (promoted) => this.retireOthers(promoted),
    });
    this.views = [...this.views, view];
    return view;
  }

  /** Takes up what other processes began, promoted, dropped or set going again. */
  private async follow(): Promise<void> {
    const { signal } = this.convoyOptions;
    const { followMs = FOLLOW_MS } = this.options;
    while (!signal.aborted) {
      await sleep(followMs, undefined, { signal }).catch(() => undefined);
      for (const projection of signal.aborted ? [] : this.options.projections()) {
        // A database that is away is looked at again; what it means is told by the batches.
        await this.followBuilds(projection).catch(() => undefined);
      }
    }
  }

  private async followBuilds({ name, version }: Projection): Promise<void> {
    const rows = await readBuilds(this.options.database.reading, name);
    const rowOf = (view: View): BuildRow | undefined =>
      rows.find(({ build, status }) => build === view.id && status !== 'retired');
    for (const view of this.of(name)) {
      const row = rowOf(view);
      if (row === undefined) await this.remove(view);
      else if (view.isStopped && (await this.maySetOut(view, row))) await this.resume(view);
      else await view.follow(row);
    }
    const missing = rows.filter(
      (row) => row.version === version && row.status !== 'retired' && !this.views.some(({ id }) => id === row.build),
    );
    for (const row of missing) await this.add(row);
  }

  /** Whether an operator told another process to go on: by taking the fault away, or by passing over the event. */
  private async maySetOut(view: View, { build, projection, fault }: BuildRow): Promise<boolean> {
    const { stoppedAt } = view;
    if (fault === null || stoppedAt === undefined) return fault === null;
    return build === view.id && (await this.options.skips.of(projection)).has(keyOf(stoppedAt));
  }

  private retireOthers(promoted: View): void {
    for (const view of this.of(promoted.projection.name)) {
      if (view !== promoted && view.isServing) void this.remove(view);
    }
  }

  private run(views: readonly View[]): void {
    const running = runConvoys(views, this.convoyOptions).finally(() => this.running.delete(running));
    this.running.add(running);
  }
}
