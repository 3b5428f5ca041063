// Cells of an event taken out of its JSON text as it is stored: to parse all of it for the few fields that have columns
// takes three times as long. Plain JavaScript, because the thread that writes Parquet reads by it.
import { HIDDEN } from './event-cells.mjs';

/** @typedef {import('./export-column.js').Cell} Cell */
/** @typedef {import('./event-cells.mjs').CellSource} CellSource */

const END = 0;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const MOST_BYTES_OF_A_CHARACTER = 3;
/** A backslash passes over one byte unseen. */
const ENDS = 2;
/** Of each byte whether it is nothing but itself within a string: one look takes less than three. */
const IS_TEXT = new Uint8Array(256).fill(1);
for (const byte of [END, QUOTE, BACKSLASH]) IS_TEXT[byte] = 0;

/** A field that is looked for, and those inside it. */
class WantedField {
  /** Its cell's place in the row. */
  place = -1;
  onlyNumber = false;
  /** Its cell is its text without the hidden ones of its fields. */
  isOpen = false;
  isHidden = false;
  /** @type {WantedField[]} */
  fields = [];
  #name;

  /** @param {string} name of ASCII characters */
  constructor(name) {
    this.#name = Buffer.from(name);
    this.size = this.#name.length;
    this.first = this.#name[0];
  }

  /** @param {string} name */
  inside(name) {
    const known = this.fields.find((field) => field.#name.equals(Buffer.from(name)));
    if (known) return known;
    const field = new WantedField(name);
    this.fields.push(field);
    return field;
  }

  /**
   * Without making a text of the name: most names are none that is looked for.
   * @param {Buffer} bytes
   * @param {number} from
   * @param {number} end
   */
  named(bytes, from, end) {
    for (let at = 0; at < this.fields.length; at += 1) {
      const field = /** @type {WantedField} */ (this.fields[at]);
      if (field.size === end - from && field.first === bytes[from] && field.#is(bytes, from)) return field;
    }
    return undefined;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} from
   */
  #is(bytes, from) {
    for (let at = 1; at < this.size; at += 1) if (this.#name[at] !== bytes[from + at]) return false;
    return true;
  }
}

/** Reads texts that JSON.stringify made: there are no blanks between their parts. */
export class EventText {
  #wanted = new WantedField('');
  #bytes = Buffer.alloc(16 << 10);
  #text = '';
  #isAscii = true;

  /** @param {readonly CellSource[]} sources */
  constructor(sources) {
    sources.forEach(({ source, as }, place) => {
      let field = this.#wanted;
      for (const name of source.split('.')) field = field.inside(name);
      field.place = place;
      field.onlyNumber = as === 'number';
      field.isOpen = as === 'open';
      if (field.isOpen) for (const name of HIDDEN) field.inside(name).isHidden = true;
    });
  }

  /**
   * @param {string} text of an event's body
   * @param {Cell[]} row gets each cell at its source's place in the list; what the text does not have, or has as null,
   *   leaves its place as it is
   * @throws SyntaxError where the text is none, without any of it
   */
  read(text, row) {
    const most = text.length * MOST_BYTES_OF_A_CHARACTER + ENDS;
    if (most > this.#bytes.length) this.#bytes = Buffer.alloc(2 * most);
    const size = this.#bytes.write(text);
    // No JSON text has this byte: whatever looks for an end stops at it.
    this.#bytes.fill(END, size, size + ENDS);
    this.#text = text;
    this.#isAscii = size === text.length;
    if (this.#bytes[0] !== OPEN || this.#readObject(0, this.#wanted, row) !== size) throw broken();
  }

  /**
   * @param {number} open where it begins
   * @param {WantedField} wanted
   * @param {Cell[]} row
   * @returns {number} where it has ended
   */
  #readObject(open, wanted, row) {
    const bytes = this.#bytes;
    let shown = '';
    /** What is before is shown already, or hidden. */
    let done = open + 1;
    let at = open + 1;
    while (bytes[at] !== CLOSE) {
      const value = endOfString(bytes, at) + 1;
      const field = wanted.named(bytes, at + 1, value - 2);
      const isObject = field !== undefined && bytes[value] === OPEN && !field.isHidden;
      const end = isObject ? this.#readObject(value, field, row) : endOfValue(bytes, value);
      const next = bytes[end] === COMMA ? end + 1 : end;
      if (field?.isHidden) {
        shown += this.#slice(done, at);
        done = next;
      } else if (field !== undefined && field.place >= 0 && !field.isOpen) this.#readCell(value, end, field, row);
      at = next;
    }
    if (wanted.isOpen) {
      shown += this.#slice(done, at);
      row[wanted.place] = `{${shown.endsWith(',') ? shown.slice(0, -1) : shown}}`;
    }
    return at + 1;
  }

  /**
   * @param {number} from
   * @param {number} end
   * @param {WantedField} field
   * @param {Cell[]} row
   */
  #readCell(from, end, { place, onlyNumber }, row) {
    const text = this.#slice(from, end);
    const isPlain = this.#bytes[from] === QUOTE && !text.includes('\\');
    const value = isPlain ? text.slice(1, -1) : /** @type {Cell} */ (JSON.parse(text));
    if (value !== null && (!onlyNumber || typeof value === 'number')) row[place] = value;
  }

  /**
   * @param {number} from
   * @param {number} end
   */
  #slice(from, end) {
    return this.#isAscii ? this.#text.slice(from, end) : this.#bytes.toString('utf8', from, end);
  }
}

/**
 * @param {Buffer} bytes
 * @param {number} from
 * @returns {number} where the value has ended
 */
function endOfValue(bytes, from) {
  if (bytes[from] === QUOTE) return endOfString(bytes, from);
  let depth = 0;
  for (let at = from; ; at += 1) {
    const code = bytes[at];
    if (code === QUOTE) at = endOfString(bytes, at) - 1;
    else if (code === OPEN || code === OPEN_LIST) depth += 1;
    else if (code === CLOSE || code === CLOSE_LIST) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (code === COMMA && depth === 0) return at;
    else if (code === END) throw broken();
  }
}

/**
 * @param {Buffer} bytes
 * @param {number} quote where it begins
 * @returns {number} where it has ended
 */
function endOfString(bytes, quote) {
  for (let at = quote + 1; ; at += 1) {
    const code = /** @type {number} */ (bytes[at]);
    if (IS_TEXT[code] === 1) continue;
    if (code === QUOTE) return at + 1;
    if (code === END) throw broken();
    // What is behind a backslash means something else.
    at += 1;
  }
}

const broken = () => new SyntaxError('a stored event is no JSON object as stores write it');
