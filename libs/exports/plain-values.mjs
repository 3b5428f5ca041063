// Values of one type as bytes. Plain JavaScript, because the thread that writes Parquet does it too.

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {import('./export-column.js').ColumnType} ColumnType */

const LENGTH_BYTES = 4;
const MOST_BYTES_OF_A_CHARACTER = 3;
const TWO_TO_32 = 2 ** 32;

/**
 * Values one behind the other, as Parquet's encoding PLAIN has them, in a room that is used again and again: room that is
 * thrown away stays until somebody collects it.
 */
export class PlainValues {
  /** Of times, in milliseconds since 1970: the earliest and the latest. */
  earliest = Infinity;
  latest = -Infinity;
  #room;
  #size = 0;
  #type;

  /**
   * @param {ColumnType} type
   * @param {number} bytes that there is room for at first
   */
  constructor(type, bytes) {
    this.#type = type;
    this.#room = Buffer.allocUnsafeSlow(bytes);
  }

  /** How many bytes they are. */
  get size() {
    return this.#size;
  }

  /** The values, which stand there until the next is added; then begins anew. */
  take() {
    const bytes = this.#room.subarray(0, this.#size);
    this.clear();
    return bytes;
  }

  clear() {
    this.#size = 0;
    this.earliest = Infinity;
    this.latest = -Infinity;
  }

  /**
   * @param {NonNullable<Cell>} cell
   * @throws RangeError where it is none of the type, without what it is
   */
  add(cell) {
    if (this.#type === 'time') this.#addTime(Date.parse(String(cell)));
    else if (this.#type === 'integer') this.#addInteger(Number(cell));
    else this.#addText(String(cell));
  }

  /** @param {string} text */
  #addText(text) {
    this.#makeRoom(LENGTH_BYTES + text.length * MOST_BYTES_OF_A_CHARACTER);
    const bytes = this.#room.write(text, this.#size + LENGTH_BYTES);
    this.#size = this.#room.writeUInt32LE(bytes, this.#size) + bytes;
  }

  /** @param {number} value */
  #addInteger(value) {
    if (value !== (value | 0)) throw new RangeError('a cell is no whole number of 32 bits');
    this.#makeRoom(4);
    this.#size = this.#room.writeInt32LE(value, this.#size);
  }

  /** @param {number} time */
  #addTime(time) {
    if (Number.isNaN(time)) throw new RangeError('a cell is no time');
    if (time < this.earliest) this.earliest = time;
    if (time > this.latest) this.latest = time;
    const high = Math.floor(time / TWO_TO_32);
    this.#makeRoom(8);
    this.#size = this.#room.writeUInt32LE(time - high * TWO_TO_32, this.#size);
    this.#size = this.#room.writeInt32LE(high, this.#size);
  }

  /** @param {number} more */
  #makeRoom(more) {
    const needed = this.#size + more;
    if (needed <= this.#room.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#room.length, needed));
    this.#room.copy(larger, 0, 0, this.#size);
    this.#room = larger;
  }
}
