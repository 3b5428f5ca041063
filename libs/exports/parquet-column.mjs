// A column of a row group of Parquet. Plain JavaScript, because a thread of its own writes it too.
import { gzipSync } from 'node:zlib';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { PlainValues } from './plain-values.mjs';

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {Pick<import('./export-column.js').ExportColumn, 'name' | 'type' | 'nullable'>} Column */
/** @typedef {import('hyparquet-writer').ParquetWriter['row_groups'][number]['columns'][number]} ColumnChunk */

/** Fastest; a JSON text still shrinks to a quarter. */
const GZIP = { level: 1 };
/** Cells after which a column goes without a dictionary where more than half of them are different. */
const TRIAL = 1_000;

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
   * @param {number} mostRows of a group
   */
  constructor(column, mostRows) {
    this.#column = column;
    this.#levels = new Uint8Array(column.nullable ? mostRows : 0);
    this.#indexes = new Uint32Array(mostRows);
    this.#values = new PlainValues(column.type);
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
   * Writes what was added since the last time.
   *
   * @param {ByteWriter} writer
   * @returns {ColumnChunk}
   */
  writeGroup(writer) {
    const begin = writer.offset;
    const hasDictionary = this.#dictionary.size > 0;
    if (hasDictionary) this.#writeDictionary(writer);
    const page = writer.offset;
    const { encoding, saved } = this.#writePage(writer);
    const { name, type } = this.#column;
    const { earliest, latest } = this.#values;
    const size = writer.offset - begin;
    /** @type {ColumnChunk} */
    const chunk = {
      file_offset: BigInt(begin),
      meta_data: {
        type: PHYSICAL[type].type,
        encodings: hasDictionary ? ['PLAIN', encoding] : [encoding],
        path_in_schema: [name],
        codec: codecOf(type),
        num_values: BigInt(this.#rows),
        total_uncompressed_size: BigInt(size + saved),
        total_compressed_size: BigInt(size),
        data_page_offset: BigInt(page),
        ...(hasDictionary && { dictionary_page_offset: BigInt(begin) }),
        // Bounds serve who looks for a span of time.
        ...(earliest <= latest && {
          statistics: {
            min_value: BigInt(earliest),
            max_value: BigInt(latest),
            null_count: BigInt(this.#rows - this.#cells),
          },
        }),
      },
    };
    this.#beginGroup();
    return chunk;
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
    this.#dictionary.set(cell, index);
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

  /** @param {ByteWriter} writer */
  #writeDictionary(writer) {
    const { bytes } = this.#values;
    writePageHeader(writer, {
      type: 'DICTIONARY_PAGE',
      uncompressed_page_size: bytes.length,
      compressed_page_size: bytes.length,
      dictionary_page_header: { num_values: this.#dictionary.size, encoding: 'PLAIN' },
    });
    writer.appendBytes(bytes);
  }

  /**
   * @param {ByteWriter} writer
   * @returns {{ encoding: import('hyparquet').Encoding, saved: number }} and how many bytes less than uncompressed
   */
  #writePage(writer) {
    const { nullable, type } = this.#column;
    const runs = this.#runs;
    runs.index = runs.offset = 0;
    if (nullable) writeRleBitPackedHybrid(runs, this.#levels.subarray(0, this.#rows), 1);
    const levels = runs.offset;
    const encoding = type === 'flag' ? 'RLE' : this.#dictionary.size > 0 ? 'RLE_DICTIONARY' : 'PLAIN';
    if (encoding !== 'PLAIN') this.#writeIndexes(runs, type === 'flag');
    const bytes = encoding === 'PLAIN' ? this.#values.bytes : new Uint8Array();
    const isCompressed = codecOf(type) === 'GZIP';
    const stored = isCompressed ? gzipSync(bytes, GZIP) : bytes;
    writePageHeader(writer, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: runs.offset + bytes.length,
      compressed_page_size: runs.offset + stored.length,
      data_page_header_v2: {
        num_values: this.#rows,
        num_nulls: this.#rows - this.#cells,
        num_rows: this.#rows,
        encoding,
        definition_levels_byte_length: levels,
        repetition_levels_byte_length: 0,
        is_compressed: isCompressed,
      },
    });
    writer.appendBytes(runs.getBytes());
    writer.appendBytes(stored);
    return { encoding, saved: bytes.length - stored.length };
  }

  /**
   * @param {ByteWriter} runs
   * @param {boolean} areFlags
   */
  #writeIndexes(runs, areFlags) {
    const indexes = this.#indexes.subarray(0, this.#cells);
    if (areFlags) {
      const at = runs.index;
      runs.appendUint32(0);
      runs.view.setUint32(at, writeRleBitPackedHybrid(runs, indexes, 1), true);
    } else {
      const width = Math.ceil(Math.log2(this.#dictionary.size));
      runs.appendUint8(width);
      writeRleBitPackedHybrid(runs, indexes, width);
    }
  }
}

/** @param {Column['type']} type */
const codecOf = (type) => (type === 'json' ? 'GZIP' : 'UNCOMPRESSED');
