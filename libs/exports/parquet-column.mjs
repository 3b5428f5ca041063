// A column of a row group of Parquet. Plain JavaScript, because a thread of its own writes it too.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { PlainValues } from './plain-values.mjs';

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {Pick<import('./export-column.js').ExportColumn, 'name' | 'type' | 'nullable'>} Column */
/** @typedef {import('hyparquet-writer').ParquetWriter['row_groups'][number]['columns'][number]} ColumnChunk */
/**
 * What a group has of a column, before it is known where in the file. `dictionary`: the page before its cells, if there
 * is one. `levels`: which rows have a cell. `values`: its cells, compressed where `saved` says how many bytes that took
 * away.
 * @typedef {{ rows: number, cells: number, encoding: import('hyparquet').Encoding, distinct: number, dictionary: Uint8Array, levels: Uint8Array, values: Uint8Array, saved?: number, earliest: number, latest: number }} ColumnOfGroup
 */

/** Fastest; a JSON text still shrinks to a quarter. */
const LEVEL = 1;
/** Cells after which a column goes without a dictionary where more than half of them are different. */
const TRIAL = 1_000;

/** A column has room for these at first, one of JSON for all of a group: room that grows leaves behind what it was. */
const FEW_BYTES = 1 << 10;
const NONE = new Uint8Array();

const gzipped = promisify(gzip);

export const PHYSICAL = /** @type {const} */ ({
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  flag: { type: 'BOOLEAN' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
});

/**
 * Takes the cells of a group one by one and keeps them as bytes, which leaves nothing to collect; is used again for the
 * next group. They become one page: JSON compressed, what hardly repeats one behind the other, all else as indexes of a
 * dictionary, which is a page before.
 */
export class ParquetColumn {
  #column;
  #rows = 0;
  /** Of each row 1 where it has a cell, else 0. */
  #levels;
  #cells = 0;
  /** Of each cell its index in the dictionary; of a flag 1 or 0. */
  #indexes;
  #hasDictionary = false;
  /** @type {Map<Cell, number>} */
  #dictionary = new Map();
  /** Those of the dictionary where there is one, else of all cells. */
  #values;
  #runs = new ByteWriter();

  /**
   * @param {Column} column
   * @param {import('./parquet-groups.mjs').GroupLimits} limits
   */
  constructor(column, { rows: mostRows, bytes }) {
    this.#column = column;
    this.#levels = new Uint8Array(column.nullable ? mostRows : 0);
    this.#indexes = new Uint32Array(mostRows);
    this.#values = new PlainValues(column.type, column.type === 'json' ? bytes : FEW_BYTES);
    this.#beginGroup();
  }

  /** Bytes of the values so far. */
  get size() {
    return this.#values.size;
  }

  /**
   * @param {Cell} cell
   * @throws RangeError where it is none of this column, without what it is
   */
  add(cell) {
    const { name, type, nullable } = this.#column;
    if (nullable) this.#levels[this.#rows] = cell === null ? 0 : 1;
    else if (cell === null) throw new RangeError(`a row has no ${name}`);
    this.#rows += 1;
    if (cell === null) return;
    if (this.#hasDictionary) this.#indexes[this.#cells] = this.#indexOf(cell);
    else if (type === 'flag') this.#indexes[this.#cells] = cell === true ? 1 : 0;
    else this.#values.add(cell);
    this.#cells += 1;
    if (this.#cells === TRIAL && this.#dictionary.size > TRIAL / 2) this.#leaveDictionary();
  }

  /**
   * Ends the group, of which nothing may be left to write when the next begins; it is compressed by a thread of Node's.
   *
   * @returns {Promise<ColumnOfGroup>}
   */
  async endGroup() {
    const isFlag = this.#column.type === 'flag';
    const distinct = this.#dictionary.size;
    const { earliest, latest } = this.#values;
    const plain = this.#values.take();
    /** @type {ColumnOfGroup} */
    const group = {
      rows: this.#rows,
      cells: this.#cells,
      encoding: isFlag ? 'RLE' : distinct > 0 ? 'RLE_DICTIONARY' : 'PLAIN',
      distinct,
      dictionary: distinct > 0 ? plain : NONE,
      levels: this.#levelRuns(),
      values: isFlag || distinct > 0 ? this.#indexRuns() : plain,
      earliest,
      latest,
    };
    this.#beginGroup();
    if (this.#column.type !== 'json') return group;
    // In one go: for every piece that it is asked for, the other thread would wait for this one.
    const values = await gzipped(plain, { level: LEVEL, chunkSize: (plain.length >> 1) + 1_024 });
    return { ...group, values, saved: plain.length - values.length };
  }

  #beginGroup() {
    const { type } = this.#column;
    this.#rows = this.#cells = 0;
    this.#values.clear();
    this.#dictionary.clear();
    this.#hasDictionary = type !== 'json' && type !== 'flag';
  }

  /** @param {NonNullable<Cell>} cell */
  #indexOf(cell) {
    const known = this.#dictionary.get(cell);
    if (known !== undefined) return known;
    const index = this.#dictionary.size;
    this.#dictionary.set(ownText(cell), index);
    this.#values.add(cell);
    return index;
  }

  #leaveDictionary() {
    const distinct = [...this.#dictionary.keys()];
    this.#dictionary.clear();
    this.#hasDictionary = false;
    this.#values.clear();
    for (const index of this.#indexes.subarray(0, this.#cells)) this.#values.add(distinct[index] ?? '');
  }

  #levelRuns() {
    const runs = this.#emptyRuns();
    if (this.#column.nullable) writeRleBitPackedHybrid(runs, this.#levels.subarray(0, this.#rows), 1);
    return new Uint8Array(runs.getBytes());
  }

  #indexRuns() {
    const runs = this.#emptyRuns();
    const indexes = this.#indexes.subarray(0, this.#cells);
    if (this.#column.type === 'flag') {
      runs.appendUint32(0);
      runs.view.setUint32(0, writeRleBitPackedHybrid(runs, indexes, 1), true);
    } else {
      const width = Math.ceil(Math.log2(this.#dictionary.size));
      runs.appendUint8(width);
      writeRleBitPackedHybrid(runs, indexes, width);
    }
    return new Uint8Array(runs.getBytes());
  }

  #emptyRuns() {
    this.#runs.index = this.#runs.offset = 0;
    return this.#runs;
  }
}

/**
 * Cells are slices of the text of a whole event, and a slice keeps all of it: what a dictionary has is its own.
 *
 * @param {NonNullable<Cell>} cell
 */
const ownText = (cell) => (typeof cell === 'string' ? Buffer.from(cell).toString() : cell);

/**
 * Writes a column of a group where the writer is.
 *
 * @param {ByteWriter} writer
 * @param {Column} column
 * @param {ColumnOfGroup} group
 * @returns {ColumnChunk}
 */
export function writeColumn(writer, { name, type }, group) {
  const { rows, cells, encoding, distinct, dictionary, levels, values, saved, earliest, latest } = group;
  const begin = writer.offset;
  if (distinct > 0) {
    writePageHeader(writer, {
      type: 'DICTIONARY_PAGE',
      uncompressed_page_size: dictionary.length,
      compressed_page_size: dictionary.length,
      dictionary_page_header: { num_values: distinct, encoding: 'PLAIN' },
    });
    writer.appendBytes(dictionary);
  }
  const page = writer.offset;
  writePageHeader(writer, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels.length + values.length + (saved ?? 0),
    compressed_page_size: levels.length + values.length,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: rows - cells,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: levels.length,
      repetition_levels_byte_length: 0,
      is_compressed: saved !== undefined,
    },
  });
  writer.appendBytes(levels);
  writer.appendBytes(values);
  const size = writer.offset - begin;
  return {
    file_offset: BigInt(begin),
    meta_data: {
      type: PHYSICAL[type].type,
      encodings: distinct > 0 ? ['PLAIN', encoding] : [encoding],
      path_in_schema: [name],
      codec: saved === undefined ? 'UNCOMPRESSED' : 'GZIP',
      num_values: BigInt(rows),
      total_uncompressed_size: BigInt(size + (saved ?? 0)),
      total_compressed_size: BigInt(size),
      data_page_offset: BigInt(page),
      ...(page > begin && { dictionary_page_offset: BigInt(begin) }),
      // Bounds serve who looks for a span of time.
      ...(earliest <= latest && {
        statistics: { min_value: BigInt(earliest), max_value: BigInt(latest), null_count: BigInt(rows - cells) },
      }),
    },
  };
}
