/** Fields of an event on its way to the writer: id, type and body. */
export const FIELDS_PER_EVENT = 3;
/** Rows of one INSERT: with eight, an event costs half of what it does alone; more gain nothing. */
const ROWS = 8;
const COLUMNS = 6;

/** Inserts events in statements of several rows. What was added is in the database only after `flush`. */
export class SqliteEventRows {
  /** @type {(string | number)[]} */
  #waiting = [];

  /** @param {import('better-sqlite3').Database} database */
  constructor(database) {
    this.insertOne = database.prepare(insert(1));
    this.insertMany = database.prepare(insert(ROWS));
  }

  /**
   * @param {number} position
   * @param {number} stream
   * @param {number} revision
   * @param {import('./sqlite-event-log.mjs').FlatAppends} appends
   * @param {number} at where the event's fields stand
   */
  add(position, stream, revision, appends, at) {
    const waiting = this.#waiting;
    waiting.push(position, stream, revision);
    for (let field = at; field < at + FIELDS_PER_EVENT; field++) waiting.push(appends[field] ?? '');
    if (waiting.length < ROWS * COLUMNS) return;
    this.#waiting = [];
    this.insertMany.run(waiting);
  }

  flush() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let row = 0; row < waiting.length; row += COLUMNS) this.insertOne.run(waiting.slice(row, row + COLUMNS));
  }

  /** Forgets what was not flushed: its transaction is rolled back. */
  drop() {
    this.#waiting = [];
  }
}

/** @param {number} rows */
function insert(rows) {
  const values = Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?)').join(', ');
  return `INSERT INTO events (position, stream, revision, id, type, body) VALUES ${values}`;
}
