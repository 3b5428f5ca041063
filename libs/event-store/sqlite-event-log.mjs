// Plain JavaScript, because the writer's worker thread loads it as it stands, under Jest as in dist.
import Database from 'better-sqlite3';
import { SqliteEventRows } from './sqlite-event-rows.mjs';
import { prepareFile } from './sqlite-schema.mjs';

/** Streams whose id and revision are remembered between groups: some 10 MB. */
const MOST_KNOWN_STREAMS = 50_000;

/** Numbers per append in a group's outcomes: taken (1 or 0), revision (-1: no stream), position. */
export const OUTCOME_SIZE = 3;

/**
 * Appends on their way to the writer, flattened because a flat list of strings is the cheapest to hand to a thread:
 * stream, expected revision, number of events, then id, type, data and metadata of each.
 * @typedef {(string | number)[]} FlatAppends
 */

/** @typedef {{ id: number, revision: number }} KnownStream */

/**
 * The one connection that writes: `take` appends, then `commit` them as one transaction. Whoever has it must be the
 * only writer of the file, for it remembers revisions.
 */
export class SqliteEventLog {
  /** @type {Map<string, KnownStream>} */
  #known = new Map();
  /** @type {number[]} */
  #outcomes = [];
  #position = 0;

  /**
   * Opens the file and makes its schema when it is empty.
   * @param {string} file
   * @param {number | undefined} mostPages cap of the file's size in pages; beyond it commits fail as on a full disk
   * @throws {Error} where the file is none of ours or of another schema version
   */
  constructor(file, mostPages) {
    const database = new Database(file);
    try {
      prepareFile(database);
      if (mostPages !== undefined) database.pragma(`max_page_count = ${mostPages}`);
    } catch (error) {
      database.close();
      throw error;
    }
    this.database = database;
    this.rows = new SqliteEventRows(database);
    this.beginGroup = database.prepare('BEGIN IMMEDIATE');
    this.commitGroup = database.prepare('COMMIT');
    this.rollbackGroup = database.prepare('ROLLBACK');
    this.findStream = database.prepare('SELECT id FROM streams WHERE name = ?').pluck();
    this.addStream = database.prepare('INSERT INTO streams (name) VALUES (?)');
    this.lastRevision = database.prepare('SELECT max(revision) FROM events WHERE stream = ?').pluck();
    this.lastPosition = database.prepare('SELECT coalesce(max(position), 0) FROM events').pluck();
    this.eventsFrom = database
      .prepare('SELECT id, position FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?')
      .raw();
    this.#position = this.#storedPosition();
  }

  /**
   * Adds appends to the open group, each of them taken or refused by itself.
   * @param {FlatAppends} appends
   * @throws {Error} when they cannot be written; then the group must be dropped
   */
  take(appends) {
    if (!this.database.inTransaction) this.beginGroup.run();
    for (let at = 0; at < appends.length;) at = this.#append(appends, at);
  }

  /**
   * Makes the group durable.
   * @returns {Float64Array} OUTCOME_SIZE numbers per append, in order
   * @throws {Error} when it could not be written; then the group must be dropped
   */
  commit() {
    this.rows.flush();
    this.commitGroup.run();
    const outcomes = Float64Array.from(this.#outcomes);
    this.#outcomes = [];
    return outcomes;
  }

  /** Undoes the group after a fault: nothing of it was written. */
  drop() {
    this.rows.drop();
    this.#outcomes = [];
    this.#known.clear();
    // After some faults SQLite has rolled back by itself.
    if (this.database.inTransaction) this.rollbackGroup.run();
    this.#position = this.#storedPosition();
  }

  close() {
    this.database.close();
  }

  /**
   * @param {FlatAppends} appends
   * @param {number} at
   * @returns {number} where the next append begins
   */
  #append(appends, at) {
    const name = /** @type {string} */ (appends[at]);
    const expected = /** @type {number} */ (appends[at + 1]);
    const first = at + 3;
    const end = first + /** @type {number} */ (appends[at + 2]) * 4;
    const stream = this.#stream(name);
    if (stream.revision !== expected || first === end) {
      this.#answer(appends, first, end, expected, stream);
      return end;
    }
    if (stream.id === 0) this.#intern(name, stream);
    for (let event = first; event < end; event += 4) {
      stream.revision += 1;
      this.#position += 1;
      const [id = '', type = '', data = '', metadata = ''] = appends.slice(event, event + 4);
      this.rows.add(this.#position, stream.id, stream.revision, id, type, data, metadata);
    }
    this.#outcomes.push(1, stream.revision, this.#position);
    return end;
  }

  /**
   * Answers an append that writes nothing: a repetition has the first result, all else at a wrong revision conflicts.
   * @param {FlatAppends} appends
   * @param {number} first
   * @param {number} end
   * @param {number} expected
   * @param {KnownStream} stream
   */
  #answer(appends, first, end, expected, stream) {
    const count = (end - first) / 4;
    // Without events the last one answers; with them, the events that stand where these would.
    const from = count === 0 ? stream.revision : expected + 1;
    this.rows.flush();
    const stored = /** @type {[string, number][]} */ (this.eventsFrom.all(stream.id, from, Math.max(count, 1)));
    const same =
      count === 0
        ? stream.revision === expected
        : stored.length === count && stored.every(([id], index) => id === appends[first + index * 4]);
    if (same) this.#outcomes.push(1, expected + count, stored.at(-1)?.[1] ?? 0);
    else this.#outcomes.push(0, stream.revision, 0);
  }

  /**
   * @param {string} name
   * @returns {KnownStream} with id 0 and revision -1 where there is none yet
   */
  #stream(name) {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const id = /** @type {number | undefined} */ (this.findStream.get(name));
    if (id === undefined) return { id: 0, revision: -1 };
    this.rows.flush();
    const stream = { id, revision: /** @type {number} */ (this.lastRevision.get(id)) };
    this.#remember(name, stream);
    return stream;
  }

  /**
   * @param {string} name
   * @param {KnownStream} stream
   */
  #intern(name, stream) {
    stream.id = Number(this.addStream.run(name).lastInsertRowid);
    this.#remember(name, stream);
  }

  /**
   * @param {string} name
   * @param {KnownStream} stream
   */
  #remember(name, stream) {
    if (this.#known.size >= MOST_KNOWN_STREAMS) this.#known.clear();
    this.#known.set(name, stream);
  }

  #storedPosition() {
    return /** @type {number} */ (this.lastPosition.get());
  }
}
