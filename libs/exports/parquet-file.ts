import { open, type FileHandle } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Cell, ColumnType, ExportColumn, ExportRow } from './export-column.js';

/** One group's columns are in memory at a time: some 10 MB of events. */
const ROWS_PER_GROUP = 10_000;
/** Fastest; a JSON text still shrinks to a quarter. */
const GZIP = { level: 1 };

/** A Parquet file that is written row group by row group, so that memory does not grow with it. */
export class ParquetFile {
  readonly #bytes: FileBytes;
  readonly #parquet: ParquetWriter;
  readonly #cells: Cell[][];
  #rows = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly columns: readonly ExportColumn[],
  ) {
    this.#bytes = new FileBytes(file);
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)],
      codec: 'UNCOMPRESSED',
      compressors: { GZIP: (bytes) => gzipSync(bytes, GZIP) },
    });
    this.#cells = columns.map(() => []);
  }

  /** @throws Error of the file system */
  static async create(path: string, columns: readonly ExportColumn[]): Promise<ParquetFile> {
    return new ParquetFile(await open(path, 'w', 0o600), columns);
  }

  async write(rows: readonly ExportRow[]): Promise<void> {
    for (const row of rows) {
      this.columns.forEach(({ name }, at) => this.#cells[at]?.push(row[name] ?? null));
      this.#rows += 1;
      if (this.#rows === ROWS_PER_GROUP) await this.#writeGroup();
    }
  }

  /** Without it the file has no footer and cannot be read. */
  async finish(): Promise<void> {
    await this.#writeGroup();
    await this.#parquet.finish();
    await this.#bytes.flush();
    await this.file.sync();
    await this.file.close();
  }

  /** Gives up what was written. */
  abandon(): Promise<void> {
    return this.file.close();
  }

  async #writeGroup(): Promise<void> {
    if (this.#rows === 0) return;
    const columnData = this.columns.map((column, at) => ({
      name: column.name,
      data: (this.#cells[at] ?? []).map(CONVERTED[column.type]),
      // A column of texts that hardly repeat is neither worth a dictionary nor bounds.
      ...(column.type === 'json' ? { codec: 'GZIP' as const, encoding: 'PLAIN' as const, statistics: false } : {}),
    }));
    await this.#parquet.write({ columnData, rowGroupSize: ROWS_PER_GROUP });
    for (const cells of this.#cells) cells.length = 0;
    this.#rows = 0;
  }
}

const asIs = (cell: Cell): Cell => cell;
const CONVERTED: Readonly<Record<ColumnType, (cell: Cell) => Cell | bigint>> = {
  text: asIs,
  json: asIs,
  integer: asIs,
  flag: asIs,
  time: (cell) => (cell === null ? null : BigInt(Date.parse(String(cell)))),
};

const PHYSICAL = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  flag: { type: 'BOOLEAN' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
} as const satisfies Record<ColumnType, object>;

const schemaElement = ({ name, type, nullable }: ExportColumn) => ({
  name,
  repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
  ...PHYSICAL[type],
});

/** The writer's buffer, handed to the file after each row group. */
class FileBytes extends ByteWriter {
  constructor(private readonly file: FileHandle) {
    super(1 << 20);
  }

  async flush(): Promise<void> {
    let written = 0;
    while (written < this.index) {
      written += (await this.file.write(this.getBytes(), written, this.index - written)).bytesWritten;
    }
    this.index = 0;
  }
}
