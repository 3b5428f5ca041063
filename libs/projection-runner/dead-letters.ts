import type { RecordedEvent } from '../event-store/event-store.js';
import type { Reading, Writing } from '../read-database/read-database.js';
import { RowWriter } from '../read-database/row-writer.js';
import type { DeadLetterRow, RunnerTables } from './runner-tables.js';

/** Fault of an event that waits only because one before it in its stream does. */
export const BEHIND_ANOTHER = 'BehindAnother';
export const UNKNOWN_TYPE = 'UnknownEventType';

export interface DeadLetter {
  readonly event: RecordedEvent;
  /** name of an error, or one of the two above */
  readonly fault: string;
}

/** The letter that a stream waits for, with what waits behind it. */
export interface ParkedStream {
  readonly stream: string;
  /** of the first letter: what could not be folded */
  readonly revision: number;
  readonly eventType: string;
  readonly fault: string;
  /** ISO 8601 UTC */
  readonly parkedAt: string;
  /** letters of the stream, the first among them */
  readonly events: number;
}

export interface ParkedCount {
  readonly streams: number;
  /** ISO 8601 UTC */
  readonly oldest: string | undefined;
}

/** Events of one build that wait for somebody to look at them. */
export class DeadLetters {
  private readonly writer = new RowWriter<DeadLetterRow>({
    table: 'dead_letter',
    columns: ['build', 'stream', 'revision', 'event_type', 'event', 'fault', 'parked_at'],
    key: ['build', 'stream', 'revision'],
    // The first time stands, and with it the age: a repeated delivery changes nothing.
    onConflict: {},
  });

  constructor(private readonly build: string) {}

  /** @param now ISO 8601 UTC */
  async park(tx: Writing, letters: readonly DeadLetter[], now: string): Promise<void> {
    const rows = letters.map(({ event, fault }) => ({
      build: this.build,
      stream: event.stream,
      revision: event.revision,
      event_type: event.type,
      event: stored(event),
      fault,
      parked_at: now,
    }));
    await this.writer.write(tx, rows);
  }

  /** A stream's letters in their order. */
  ofStream(reading: Reading, stream: string, limit: number): Promise<DeadLetterRow[]> {
    return this.mine(reading).selectAll().where('stream', '=', stream).orderBy('revision').limit(limit).execute();
  }

  /** The streams that wait, longest first. */
  async streams(reading: Reading, limit: number): Promise<readonly ParkedStream[]> {
    const first = this.mine(reading)
      .select(({ fn }) => ['stream', fn.min('revision').as('first'), fn.countAll().as('events')])
      .groupBy('stream');
    const rows = await reading
      .withTables<RunnerTables>()
      .selectFrom('dead_letter')
      .innerJoin(first.as('waiting'), (join) =>
        join.onRef('waiting.stream', '=', 'dead_letter.stream').onRef('waiting.first', '=', 'dead_letter.revision'),
      )
      .select(['dead_letter.stream', 'revision', 'event_type', 'fault', 'parked_at', 'waiting.events'])
      .where('build', '=', this.build)
      .orderBy('parked_at')
      .orderBy('dead_letter.stream')
      .limit(limit)
      .execute();
    return rows.map(({ stream, revision, event_type, fault, parked_at, events }) => {
      return { stream, revision, eventType: event_type, fault, parkedAt: parked_at, events: Number(events) };
    });
  }

  async remove(tx: Writing, stream: string, revision: number): Promise<void> {
    await tx
      .withTables<RunnerTables>()
      .deleteFrom('dead_letter')
      .where('build', '=', this.build)
      .where('stream', '=', stream)
      .where('revision', '=', revision)
      .execute();
  }

  /** Why a letter still waits, after another try. */
  async keep(tx: Writing, stream: string, revision: number, fault: string): Promise<void> {
    await tx
      .withTables<RunnerTables>()
      .updateTable('dead_letter')
      .set({ fault })
      .where('build', '=', this.build)
      .where('stream', '=', stream)
      .where('revision', '=', revision)
      .execute();
  }

  async count(reading: Reading): Promise<ParkedCount> {
    const row = await this.mine(reading)
      .select(({ fn }) => [fn.count('stream').distinct().as('streams'), fn.min('parked_at').as('oldest')])
      .executeTakeFirst();
    return { streams: Number(row?.streams ?? 0), oldest: row?.oldest ?? undefined };
  }

  private mine(reading: Reading) {
    return reading.withTables<RunnerTables>().selectFrom('dead_letter').where('build', '=', this.build);
  }
}

export const eventOf = ({ event }: Pick<DeadLetterRow, 'event'>): RecordedEvent => JSON.parse(event) as RecordedEvent;

const stored = ({ id, type, data, metadata, stream, revision, position }: RecordedEvent): string =>
  JSON.stringify({ id, type, data, metadata, stream, revision, position });
