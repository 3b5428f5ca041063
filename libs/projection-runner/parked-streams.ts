import type { RecordedEvent } from '../event-store/event-store.js';
import type { ReadDatabase, Writing } from '../read-database/read-database.js';
import { eventOf, type DeadLetters } from './dead-letters.js';
import type { Marks } from './sift.js';
import type { StreamMarks } from './stream-marks.js';

export interface Retried {
  /** how many of its letters were folded or passed over */
  readonly folded: number;
  /** the letter that still cannot be folded, with the name of its error; absent: the stream flows again */
  readonly stoppedAt?: { readonly revision: number; readonly fault: string };
}

export interface ParkedStreamsParts {
  readonly database: ReadDatabase;
  readonly marks: StreamMarks;
  readonly deadLetters: DeadLetters;
  /** Brings one event into the rows, or passes over it. */
  readonly fold: (event: RecordedEvent, tx: Writing) => Promise<void>;
  /** Keeps the build from being moved on until the transaction's end, by whatever process. */
  readonly hold: (tx: Writing) => Promise<void>;
  /** whether an error speaks of the database and not of the event */
  readonly concernsAll: (error: unknown) => boolean;
}

type Step = { readonly more: boolean; readonly marks: Marks } | undefined;

/** Lets streams that were laid aside go on, in their order. */
export class ParkedStreams {
  constructor(private readonly parts: ParkedStreamsParts) {}

  /**
   * Folds a stream's letters one by one, each in a transaction of its own; what comes for it meanwhile lines up behind.
   *
   * @param advanced told how far the stream is, after each letter
   * @throws the fault of a database that cannot work now; what was folded stays folded
   */
  async retry(stream: string, advanced: (marks: Marks) => void): Promise<Retried> {
    for (let folded = 0; ; folded += 1) {
      const trying: { event?: RecordedEvent } = {};
      try {
        const done = await this.parts.database.transaction((tx) => this.foldFirst(tx, stream, trying));
        if (done === undefined) return { folded };
        advanced(done.marks);
        if (!done.more) return { folded: folded + 1 };
      } catch (error) {
        const { event } = trying;
        if (event === undefined || this.parts.concernsAll(error)) throw error;
        return { folded, stoppedAt: await this.keep(event, error) };
      }
    }
  }

  private async foldFirst(tx: Writing, stream: string, trying: { event?: RecordedEvent }): Promise<Step> {
    const { deadLetters, marks, fold, hold } = this.parts;
    await hold(tx);
    const [first, next] = await deadLetters.ofStream(tx, stream, 2);
    if (first === undefined) return undefined;
    const event = (trying.event = eventOf(first));
    await fold(event, tx);
    await deadLetters.remove(tx, stream, event.revision);
    const after = new Map([[stream, { revision: event.revision, parked: next !== undefined }]]);
    await marks.save(tx, after);
    return { more: next !== undefined, marks: after };
  }

  private async keep(
    { stream, revision }: RecordedEvent,
    error: unknown,
  ): Promise<{ revision: number; fault: string }> {
    const fault = error instanceof Error ? error.name : 'unknown';
    await this.parts.database.transaction((tx) => this.parts.deadLetters.keep(tx, stream, revision, fault));
    return { revision, fault };
  }
}
