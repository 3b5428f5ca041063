import type { ReadDatabase } from '../read-database/read-database.js';
import { createBuild, dropBuild, readBuilds, readProgress, resumeBuild } from './builds.js';
import { compareBuilds, type TableComparison } from './comparison.js';
import { conflict, notFound, type Operated } from './operated.js';
import type { RunningViews } from './running-views.js';
import type { BuildRow } from './runner-tables.js';
import { progressSum, type ViewStatus } from './view.js';

export interface BuildComparison {
  /** names of the two builds: the one that serves, and the other */
  readonly serving: string;
  readonly other: string;
  readonly tables: readonly TableComparison[];
}

/** What an operator may do with the builds of a projection. One thing at a time; refusals are values. */
export class BuildOperations {
  private line: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly views: RunningViews,
    private readonly database: ReadDatabase,
  ) {}

  /** All builds of all projections, of other versions too. */
  async list(): Promise<readonly ViewStatus[]> {
    const of = await Promise.all(this.views.names.map((name) => this.buildsOf(name)));
    return of.flat();
  }

  async status(name: string): Promise<Operated<readonly ViewStatus[]>> {
    return this.views.names.includes(name) ? { ok: true, value: await this.buildsOf(name) } : notFound('projection');
  }

  /**
   * Compares what serves with the build that is to take over, else with the one that served before.
   */
  async compare(name: string): Promise<Operated<BuildComparison>> {
    if (!this.views.names.includes(name)) return notFound('projection');
    const rows = await readBuilds(this.database.reading, name);
    const serving = rows.find((row) => row.serving === 1);
    const others = rows.filter((row) => row.serving === 0);
    const other = others.findLast((row) => row.status !== 'retired') ?? others.at(-1);
    if (serving === undefined || other === undefined) return conflict('there is one build only: nothing to compare');
    const tables = await compareBuilds(this.database, serving, other);
    return { ok: true, value: { serving: serving.build, other: other.build, tables } };
  }

  /**
   * Fills new tables from the start of history, beside those that serve.
   *
   * @param held not to take over by itself, but when it is told to
   */
  rebuild(name: string, held: boolean): Promise<Operated<ViewStatus>> {
    return this.inTurn(async () => {
      if (!this.views.names.includes(name)) return notFound('projection');
      const waiting = this.views.of(name).find((view) => !view.isServing);
      if (waiting !== undefined) return conflict(`${waiting.id} is being built already: promote or drop it first`);
      const projection = this.views.make(name);
      const row = await this.database.alone((tx) => createBuild(tx, projection, held));
      return { ok: true, value: await (await this.views.add(row)).describe() };
    });
  }

  /** Lets a build take over as soon as it has all there is; one that served before is first brought up to date. */
  promote(name: string, build: string): Promise<Operated<ViewStatus>> {
    return this.inTurn(async () => {
      const row = await this.find(name, build);
      if (row === undefined) return notFound('build');
      if (row.serving === 1) return conflict('it serves already');
      if (row.version !== this.views.make(name).version) return conflict('this program is of another version');
      const running = this.views.of(name).find((view) => view.id === build);
      if (running === undefined) {
        const resumed = await this.database.alone((tx) => resumeBuild(tx, row));
        return { ok: true, value: await (await this.views.add(resumed)).describe() };
      }
      await running.release();
      return { ok: true, value: await running.describe() };
    });
  }

  /** Throws away a build that does not serve. */
  drop(name: string, build: string): Promise<Operated<{ readonly dropped: string }>> {
    return this.inTurn(async () => {
      const row = await this.find(name, build);
      if (row === undefined) return notFound('build');
      if (row.serving === 1) return conflict('it serves: promote another first');
      const running = this.views.of(name).find((view) => view.id === build);
      if (running !== undefined) await this.views.remove(running);
      await this.database.alone((tx) => dropBuild(tx, row));
      return { ok: true, value: { dropped: build } };
    });
  }

  private async find(name: string, build: string): Promise<BuildRow | undefined> {
    if (!this.views.names.includes(name)) return undefined;
    return (await readBuilds(this.database.reading, name)).find((row) => row.build === build);
  }

  private async buildsOf(name: string): Promise<readonly ViewStatus[]> {
    const rows = await readBuilds(this.database.reading, name);
    const running = this.views.of(name);
    return Promise.all(
      rows.map((row) => running.find((view) => view.id === row.build)?.describe() ?? this.describeIdle(row)),
    );
  }

  private async describeIdle(row: BuildRow): Promise<ViewStatus> {
    const { projection, version, build, status, serving, fault } = row;
    const done = progressSum(await readProgress(this.database.reading, build));
    const still = { behindMs: 0, parkedStreams: 0, oldestParkedMs: 0 };
    const place = { projection, version, build, status, serving: serving === 1, done, total: done };
    return { ...place, ...still, fault: fault ?? undefined };
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.line.then(work);
    this.line = done.catch(() => undefined);
    return done;
  }
}
