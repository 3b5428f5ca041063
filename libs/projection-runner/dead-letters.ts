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

  async count(reading: Reading): Promise<ParkedCount> {
    const row = await reading
      .withTables<RunnerTables>()
      .selectFrom('dead_letter')
      .select(({ fn }) => [fn.count('stream').distinct().as('streams'), fn.min('parked_at').as('oldest')])
      .where('build', '=', this.build)
      .executeTakeFirst();
    return { streams: Number(row?.streams ?? 0), oldest: row?.oldest ?? undefined };
  }
}

const stored = ({ id, type, data, metadata, stream, revision, position }: RecordedEvent): string =>
  JSON.stringify({ id, type, data, metadata, stream, revision, position });
