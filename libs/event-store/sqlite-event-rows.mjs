/** Rows of one INSERT: with eight, an event costs half of what it does alone; more gain nothing. */
const ROWS = 8;
const COLUMNS = 7;

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
   * @param {string | number} id
   * @param {string | number} type
   * @param {string | number} data
   * @param {string | number} metadata
   */
  add(position, stream, revision, id, type, data, metadata) {
    const waiting = this.#waiting;
    waiting.push(position, stream, revision, id, type, data, metadata);
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
  const values = Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?, ?)').join(', ');
  return `INSERT INTO events (position, stream, revision, id, type, data, metadata) VALUES ${values}`;
}
