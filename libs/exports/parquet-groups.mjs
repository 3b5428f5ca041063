// Rows as row groups of Parquet. Plain JavaScript, because threads of their own make them too.
import { ByteWriter } from 'hyparquet-writer';
import { ParquetColumn, writeColumn } from './parquet-column.mjs';

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {import('./parquet-column.mjs').Column} Column */
/** @typedef {import('hyparquet-writer').ParquetWriter['row_groups'][number]} RowGroup */
/**
 * After what a row group ends: this many rows, or bytes of values, for rows may be hundreds of times as long as most are.
 * @typedef {{ rows: number, bytes: number }} GroupLimits
 */
/**
 * A row group that may stand anywhere in a file; where, `ParquetFrame` says. Offsets are those from its beginning.
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, group: RowGroup }} MadeGroup
 */

/** Takes rows and makes groups of them, one after the other; what it holds does not grow with their number. */
export class ParquetGroups {
  #writer = new ByteWriter();
  #limits;
  #described;
  #columns;
  #rows = 0;

  /**
   * @param {readonly Column[]} columns
   * @param {GroupLimits} limits
   */
  constructor(columns, limits) {
    this.#limits = limits;
    this.#described = columns;
    this.#columns = columns.map((column) => new ParquetColumn(column, limits));
  }

  /** Whether the group has no row yet. */
  get isEmpty() {
    return this.#rows === 0;
  }

  /**
   * @param {readonly Cell[]} row in the order of the columns
   * @returns {boolean} whether the group is full: `end` it before the next
   * @throws RangeError where a cell is none of its column, without what it is; nothing can be made any more
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

  /**
   * The group of the rows since the last one; to be awaited before the next row.
   *
   * @returns {Promise<MadeGroup>}
   */
  async end() {
    const rows = BigInt(this.#rows);
    this.#rows = 0;
    const columns = await Promise.all(this.#columns.map((column) => column.endGroup()));
    this.#writer.index = this.#writer.offset = 0;
    const chunks = columns.map((of, at) => writeColumn(this.#writer, /** @type {Column} */ (this.#described[at]), of));
    const bytes = new Uint8Array(this.#writer.getBytes());
    const group = {
      columns: chunks,
      total_byte_size: chunks.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      num_rows: rows,
      total_compressed_size: BigInt(bytes.length),
    };
    return { bytes, group };
  }
}
