import type { Reading, Writing } from '../read-database/read-database.js';
import { RowReader } from '../read-database/row-reader.js';
import { RowWriter } from '../read-database/row-writer.js';
import type { RunnerTables, StreamRow } from './runner-tables.js';
import type { Mark, Marks } from './sift.js';

/** How far one build is in each stream, as stored. */
export class StreamMarks {
  private readonly reader = new RowReader<StreamRow>({
    table: 'projection_stream',
    columns: ['stream', 'revision', 'parked'],
    key: 'stream',
    fixed: ['build'],
  });
  private readonly writer = new RowWriter<StreamRow>({
    table: 'projection_stream',
    columns: ['build', 'stream', 'revision', 'parked'],
    key: ['build', 'stream'],
  });

  constructor(private readonly build: string) {}

  async load(tx: Writing, streams: Iterable<string>): Promise<Marks> {
    const rows = await this.reader.read(tx, [...new Set(streams)], [this.build]);
    return new Map(rows.map((row) => [row.stream, markOf(row)]));
  }

  async save(tx: Writing, marks: Marks): Promise<void> {
    const rows = [...marks].map(([stream, { revision, parked }]) => ({
      build: this.build,
      stream,
      revision,
      parked: parked ? 1 : 0,
    }));
    await this.writer.write(tx, rows);
  }

  async of(reading: Reading, stream: string): Promise<Mark | undefined> {
    const row = await reading
      .withTables<RunnerTables>()
      .selectFrom('projection_stream')
      .select(['revision', 'parked'])
      .where('build', '=', this.build)
      .where('stream', '=', stream)
      .executeTakeFirst();
    return row && markOf(row);
  }
}

const markOf = ({ revision, parked }: Pick<StreamRow, 'revision' | 'parked'>): Mark => ({
  revision,
  parked: parked === 1,
});
