import { setImmediate as nextTurn } from 'node:timers/promises';
import { hasReached, type EventFeed, type FeedBatch, type FeedProgress } from '../event-feed/event-feed.js';
import type { Gathering } from './gathering.js';
import type { ReadDatabase } from '../read-database/read-database.js';
import { RebuildStopped, RevisionGap } from './projection.js';
import { takeTogether } from './take-together.js';
import type { View } from './view.js';

export interface ConvoyOptions {
  readonly feed: EventFeed;
  readonly signal: AbortSignal;
  /** most events in one transaction, while all views are live and while one is being built */
  readonly batchSize: { readonly live: number; readonly building: number };
  readonly gathering: Gathering;
  readonly database: ReadDatabase;
  /** called after each batch of any view */
  readonly advanced: () => void;
  /** Waits before the feed or the database is tried again; resolves at once when the signal is given. */
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Runs views that are equally far from one delivery of the feed, so that events are read and parsed once for all of
 * them; a view that lags behind travels apart and holds up none.
 */
export async function runConvoys(views: readonly View[], options: ConvoyOptions): Promise<void> {
  const convoys: View[][] = [];
  // In a shared feed every process must make the same convoys, wherever its views are just now.
  const areTogether = options.feed.isShared ? areAlikeBuilding : areEquallyFar;
  for (const view of views) {
    const convoy = convoys.find(([first]) => first !== undefined && areTogether(first, view));
    if (convoy) convoy.push(view);
    else convoys.push([view]);
  }
  await Promise.all(convoys.map((convoy) => keepRunning(convoy, options)));
}

const areEquallyFar = (a: View, b: View): boolean =>
  hasReached(a.progress, b.progress) && hasReached(b.progress, a.progress);

const areAlikeBuilding = (a: View, b: View): boolean => a.isBuilding === b.isBuilding;

async function keepRunning(convoy: readonly View[], options: ConvoyOptions): Promise<void> {
  let attempt = 0;
  const advanced = (): void => {
    attempt = 0;
    options.advanced();
  };
  while (!options.signal.aborted) {
    const running = convoy.filter((view) => !view.isStopped);
    if (running.length === 0) return;
    try {
      await run(running, { ...options, advanced });
    } catch (error) {
      for (const view of running) view.hold(faultOf(error));
      await options.pause(++attempt, options.signal);
      const apart = await areApart(running);
      if (!options.feed.isShared && apart) return runConvoys(running, options);
    }
  }
}

/** Whether some views of a convoy had a batch and others had not, when it broke off. */
async function areApart(views: readonly View[]): Promise<boolean> {
  const reread = await Promise.allSettled(views.map((view) => view.rereadProgress()));
  if (reread.some(({ status }) => status === 'rejected')) return false;
  return views.some((view) => views[0] !== undefined && !areEquallyFar(views[0], view));
}

/** Until the signal, or until what it was begun for is over: the build is done, or no view goes on. */
async function run(convoy: readonly View[], options: ConvoyOptions): Promise<void> {
  const { feed, signal, batchSize, gathering } = options;
  const [first] = convoy;
  if (first === undefined) return;
  const over = new AbortController();
  const isBuilding = (): boolean => convoy.some((view) => view.isBuilding && !view.isStopped);
  const building = isBuilding();
  const handler = async (batches: readonly FeedBatch[]): Promise<void> => {
    await takeAll(
      convoy.filter((view) => !view.isStopped),
      batches,
      options,
    );
    const events = batches.reduce((sum, batch) => sum + batch.events.length, 0);
    if (building !== isBuilding() || convoy.every((view) => view.isStopped)) over.abort();
    // A full batch has more behind it already.
    else if (!building && events < batchSize.live) await gathering.pause(signal);
  };
  await feed.deliver({
    from: feed.isShared ? leastReached(convoy) : first.progress,
    group: convoy.map((view) => view.id).join('+'),
    reached: async () => {
      for (const view of convoy) await view.rereadProgress();
      return leastReached(convoy);
    },
    handler,
    signal: AbortSignal.any([signal, over.signal]),
    batchSize: building ? batchSize.building : batchSize.live,
  });
}

/** Over before it throws: nothing of the batch is under way when somebody looks what became of it. */
async function takeAll(
  views: readonly View[],
  batches: readonly FeedBatch[],
  { database, advanced }: Pick<ConvoyOptions, 'database' | 'advanced'>,
): Promise<void> {
  const taking = async (view: View): Promise<void> => {
    await take(view, batches);
    advanced();
  };
  if (database.isShared) {
    const taken = await Promise.allSettled(views.map(taking));
    for (const each of taken) if (each.status === 'rejected') throw each.reason;
    return;
  }
  if (views.length > 1 && (await takeTogether(views, batches, database, advanced))) return;
  for (const view of views) {
    await taking(view);
    // Each view's batch is one stretch of work; requests of this process come in between.
    await nextTurn();
  }
}

/** In each partition where the view is that is least far there; the others drop what they have seen. */
function leastReached(views: readonly View[]): FeedProgress {
  const [first, ...others] = views.map((view) => view.progress);
  const least = new Map(first);
  for (const [partition, offset] of least) {
    for (const other of others) {
      const reached = other.get(partition);
      if (reached === undefined) least.delete(partition);
      else if (reached < offset) least.set(partition, reached);
    }
  }
  return least;
}

/** A view that can never go on stops alone; what concerns feed or database concerns all. */
async function take(view: View, batches: readonly FeedBatch[]): Promise<void> {
  try {
    await view.take(batches);
  } catch (error) {
    if (!(error instanceof RevisionGap || error instanceof RebuildStopped)) throw error;
    await view.stop(error);
  }
}

/** Never the message: it may repeat what a person typed. */
const faultOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
