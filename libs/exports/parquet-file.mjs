// Rows as the bytes of a Parquet file. Plain JavaScript, because a thread of its own writes it too.
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { ParquetColumn, PHYSICAL } from './parquet-column.mjs';

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {import('./parquet-column.mjs').Column} Column */
/**
 * After what a row group ends: this many rows, or bytes of values, for rows may be hundreds of times as long as most are.
 * @typedef {{ rows: number, bytes: number }} GroupLimits
 */

/** A file whose bytes are taken away while it is made, so that memory does not grow with it; without its end it is none. */
export class ParquetFile {
  #writer = new ByteWriter();
  #frame;
  #limits;
  #columns;
  #rows = 0;

  /**
   * @param {readonly Column[]} columns
   * @param {GroupLimits} limits
   */
  constructor(columns, limits) {
    this.#limits = limits;
    this.#columns = columns.map((column) => new ParquetColumn(column, limits.rows));
    this.#frame = new ParquetWriter({
      writer: this.#writer,
      schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)],
    });
  }

  /**
   * @param {readonly Cell[]} row in the order of the columns
   * @returns {boolean} whether a group ended with it, so that there are bytes to take
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
    if (this.#rows < this.#limits.rows && size < this.#limits.bytes) return false;
    this.#endGroup();
    return true;
  }

  /** Those made since the last time. */
  take() {
    const bytes = new Uint8Array(this.#writer.getBytes());
    this.#writer.index = 0;
    return bytes;
  }

  /** The last bytes. */
  end() {
    if (this.#rows > 0) this.#endGroup();
    void this.#frame.finish();
    return this.take();
  }

  #endGroup() {
    const begin = this.#writer.offset;
    const columns = this.#columns.map((column) => column.writeGroup(this.#writer));
    const rows = BigInt(this.#rows);
    this.#frame.row_groups.push({
      columns,
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      num_rows: rows,
      total_compressed_size: BigInt(this.#writer.offset - begin),
    });
    this.#frame.num_rows += rows;
    this.#rows = 0;
  }
}

/** @param {Column} column */
const schemaElement = ({ name, type, nullable }) => ({
  name,
  repetition_type: nullable ? /** @type {const} */ ('OPTIONAL') : /** @type {const} */ ('REQUIRED'),
  ...PHYSICAL[type],
});
