// Rows as a row group of Parquet. Plain JavaScript, because threads of their own do it too.
import { gzipSync } from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {Pick<import('./export-column.js').ExportColumn, 'name' | 'type' | 'nullable'>} Column */
/** @typedef {ParquetWriter['row_groups'][number]} RowGroup */
/**
 * A row group by itself: its bytes, and what the file's end says of it, as if it began at the file's first byte.
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, group: RowGroup, rows: number }} EncodedGroup
 */

/** Fastest; a JSON text still shrinks to a quarter. */
const GZIP = { level: 1 };
/** One for all groups of a thread: what is handed on is a copy of as many bytes as it has. */
const scratch = new ByteWriter(1 << 20);
const MOST_IN_DICTIONARY = 0.9;
const SAMPLE = 200;

const PHYSICAL = /** @type {const} */ ({
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  flag: { type: 'BOOLEAN' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
});

/** @param {Column} column */
const schemaElement = ({ name, type, nullable }) => ({
  name,
  repetition_type: nullable ? /** @type {const} */ ('OPTIONAL') : /** @type {const} */ ('REQUIRED'),
  ...PHYSICAL[type],
});

/**
 * A file's beginning and end, without what lies between.
 * @param {ByteWriter} writer
 * @param {readonly Column[]} columns
 */
export function parquetFrame(writer, columns) {
  return new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)],
    codec: 'UNCOMPRESSED',
    compressors: { GZIP: (bytes) => gzipSync(bytes, GZIP) },
  });
}

/**
 * @param {readonly Column[]} columns
 * @param {readonly (readonly Cell[])[]} cells of each column, as many as there are rows
 * @returns {EncodedGroup}
 */
export function encodeGroup(columns, cells) {
  const writer = scratch;
  const parquet = parquetFrame(writer, columns);
  // Without the file's first bytes, which the frame wrote.
  writer.offset = writer.index = 0;
  const rows = cells[0]?.length ?? 0;
  const columnData = columns.map((column, at) => ({
    name: column.name,
    offsetIndex: false,
    // Bounds serve who looks for a span of time; of texts they cost as much as to write them.
    statistics: column.type === 'time',
    ...encoded(column, cells[at] ?? []),
  }));
  void parquet.write({ columnData, rowGroupSize: rows });
  const [group] = parquet.row_groups;
  if (group === undefined) throw new RangeError('a row group has rows');
  return { bytes: writer.getBytes().slice(), group, rows };
}

/**
 * @param {Column} column
 * @param {readonly Cell[]} cells
 * @returns {Pick<Parameters<ParquetWriter['write']>[0]['columnData'][number], 'data' | 'codec' | 'encoding'>}
 */
function encoded({ type }, cells) {
  if (type === 'time') return { data: cells.map((cell) => (cell === null ? null : BigInt(Date.parse(String(cell))))) };
  if (type === 'json') return { data: textBytes(cells), codec: 'GZIP', encoding: 'PLAIN' };
  if (type === 'text' && hardlyRepeat(cells)) return { data: textBytes(cells), encoding: 'PLAIN' };
  return { data: [...cells] };
}

/** @param {readonly Cell[]} cells */
function hardlyRepeat(cells) {
  const sample = cells.slice(0, SAMPLE).filter((cell) => cell !== null);
  return new Set(sample).size > MOST_IN_DICTIONARY * sample.length;
}

/**
 * All texts made to bytes at once where they are ASCII, which is most of the work of a text.
 * @param {readonly Cell[]} cells
 * @returns {(Uint8Array | null)[]}
 */
function textBytes(cells) {
  const all = Buffer.from(cells.join(''));
  let length = 0;
  for (const cell of cells) length += cell === null ? 0 : String(cell).length;
  if (length !== all.length) return cells.map((cell) => (cell === null ? null : Buffer.from(String(cell))));
  let from = 0;
  return cells.map((cell) => {
    if (cell === null) return null;
    const bytes = new Uint8Array(all.buffer, all.byteOffset + from, String(cell).length);
    from += bytes.length;
    return bytes;
  });
}
