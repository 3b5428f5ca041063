import type { ParkedStream } from './dead-letters.js';
import type { DeadLetterRow } from './runner-tables.js';
import { conflict, notFound, type Operated } from './operated.js';
import type { Retried } from './parked-streams.js';
import type { StreamPlace } from './projection.js';
import type { RunningViews } from './running-views.js';
import type { SkipDecision, SkippedEvents } from './skipped-events.js';

const MOST_STREAMS = 1_000;
const MOST_LETTERS = 1_000;

export interface WaitingStream extends ParkedStream {
  readonly projection: string;
  readonly build: string;
}
/** Without what the event says: an operator needs no lead's data to see where it stands. */
export type LetterHead = Omit<DeadLetterRow, 'event' | 'stream'>;

/** What became of a stream in one build: its letters tried again, or the whole build, which had stopped there. */
export type Resumed = { readonly build: string } & (Retried | { readonly resumed: true });

/** What an operator may do about events that a projection cannot fold. */
export class DeadLetterOperations {
  constructor(
    private readonly views: RunningViews,
    private readonly skips: SkippedEvents,
  ) {}

  /** The streams that wait in any view, longest first, at most 1,000 per view. */
  async list(): Promise<readonly WaitingStream[]> {
    const of = await Promise.all(
      this.views.all.map(async (view) =>
        (await view.parkedStreams(MOST_STREAMS)).map((parked) => ({
          projection: view.projection.name,
          build: view.id,
          ...parked,
        })),
      ),
    );
    return of.flat();
  }

  /** A stream's letters in its order, at most 1,000 per build. */
  async show(name: string, stream: string): Promise<Operated<readonly LetterHead[]>> {
    const of = await Promise.all(this.views.of(name).map((view) => view.letters(stream, MOST_LETTERS)));
    const heads = of.flat().map(({ build, revision, event_type, fault, parked_at }) => {
      return { build, revision, event_type, fault, parked_at };
    });
    return heads.length === 0 ? notFound('dead letter') : { ok: true, value: heads };
  }

  /** Goes on with a stream, in its order, where it waits; and with a build that stopped at it. */
  async retry(name: string, stream: string): Promise<Operated<readonly Resumed[]>> {
    const results: Resumed[] = [];
    for (const view of this.views.of(name)) {
      if (view.stoppedAt?.stream === stream) {
        results.push({ build: (await this.views.resume(view)).id, resumed: true });
      } else if ((await view.letters(stream, 1)).length > 0) {
        results.push({ build: view.id, ...(await view.retry(stream)) });
      }
    }
    return results.length === 0 ? notFound('dead letter') : { ok: true, value: results };
  }

  /**
   * Passes over an event for good, in this and in every later build, and goes on with its stream. Only what a stream
   * waits at or a build stopped at can be passed over: to leave out what was folded would make a rebuild differ.
   */
  async release(name: string, place: StreamPlace, decision: SkipDecision): Promise<Operated<readonly Resumed[]>> {
    const waits = await Promise.all(this.views.of(name).map((view) => view.waitsAt(place.stream)));
    if (waits.every((revision) => revision === undefined)) return notFound('dead letter');
    if (!waits.includes(place.revision)) return conflict('nothing waits at this event, but at another of its stream');
    await this.skips.skip(name, place, decision);
    for (const view of this.views.of(name)) view.skip(place);
    return this.retry(name, place.stream);
  }
}
