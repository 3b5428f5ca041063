// Rows as the bytes of a Parquet file. Plain JavaScript, because a thread of its own writes it too.
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { ParquetColumn, PHYSICAL, writeColumn } from './parquet-column.mjs';

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {import('./parquet-column.mjs').Column} Column */
/** @typedef {import('./parquet-column.mjs').ColumnOfGroup} ColumnOfGroup */
/**
 * After what a row group ends: this many rows, or bytes of values, for rows may be hundreds of times as long as most are.
 * @typedef {{ rows: number, bytes: number }} GroupLimits
 */

/** A file whose bytes are taken away while it is made, so that memory does not grow with it; without its end it is none. */
export class ParquetFile {
  #writer = new ByteWriter();
  #frame;
  #limits;
  #described;
  #columns;
  #rows = 0;
  /** @type {Promise<ColumnOfGroup[]> | undefined} */
  #ending;

  /**
   * @param {readonly Column[]} columns
   * @param {GroupLimits} limits
   */
  constructor(columns, limits) {
    this.#limits = limits;
    this.#described = columns;
    this.#columns = columns.map((column) => new ParquetColumn(column, limits.rows));
    this.#frame = new ParquetWriter({
      writer: this.#writer,
      schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)],
    });
  }

  /**
   * @param {readonly Cell[]} row in the order of the columns
   * @returns {boolean} whether the group is full: `take` before the next
   * @throws RangeError where a cell is none of its column, without what it is; the file cannot be gone on with
   */
  add(row) {
    let size = 0;
    for (let at = 0; at < this.#columns.length; at += 1) {
      const column = /** @type {ParquetColumn} */ (this.#columns[at]);
      column.add(row[at] ?? null);
      size += column.size;
    }
    this.#rows += 1;
    return this.#rows >= this.#limits.rows || size >= this.#limits.bytes;
  }

  /** Ends the group, and has the bytes of the one before, which was compressed while this one's rows came. */
  async take() {
    await this.#endGroup();
    return this.#made();
  }

  /** The last bytes. */
  async end() {
    if (this.#rows > 0) await this.#endGroup();
    await this.#writeEnding();
    void this.#frame.finish();
    return this.#made();
  }

  async #endGroup() {
    const ending = Promise.all(this.#columns.map((column) => column.endGroup()));
    // Thrown where it is awaited, which is later.
    ending.catch(() => undefined);
    this.#rows = 0;
    await this.#writeEnding();
    this.#ending = ending;
  }

  async #writeEnding() {
    const group = await this.#ending;
    if (group === undefined) return;
    this.#ending = undefined;
    const begin = this.#writer.offset;
    const chunks = group.map((of, at) => writeColumn(this.#writer, /** @type {Column} */ (this.#described[at]), of));
    const rows = BigInt(group[0]?.rows ?? 0);
    this.#frame.row_groups.push({
      columns: chunks,
      total_byte_size: chunks.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      num_rows: rows,
      total_compressed_size: BigInt(this.#writer.offset - begin),
    });
    this.#frame.num_rows += rows;
  }

  #made() {
    const bytes = new Uint8Array(this.#writer.getBytes());
    this.#writer.index = 0;
    return bytes;
  }
}

/** @param {Column} column */
const schemaElement = ({ name, type, nullable }) => ({
  name,
  repetition_type: nullable ? /** @type {const} */ ('OPTIONAL') : /** @type {const} */ ('REQUIRED'),
  ...PHYSICAL[type],
});
