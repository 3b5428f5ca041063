// Plain JavaScript, because the writer's worker thread loads it as it stands, under Jest as in dist.
import Database from 'better-sqlite3';
import { FIELDS_PER_EVENT, SqliteEventRows } from './sqlite-event-rows.mjs';
import { prepareFile } from './sqlite-schema.mjs';
import { SqliteStreams } from './sqlite-streams.mjs';

/** Numbers per append in a group's outcomes: taken (1 or 0), revision (-1: no stream), position. */
export const OUTCOME_SIZE = 3;

/**
 * Appends on their way to the writer, flattened because a flat list of strings is the cheapest to hand to a thread:
 * stream, expected revision, number of events, then id, type and body of each.
 * @typedef {(string | number)[]} FlatAppends
 */

/**
 * The one connection that writes: `take` appends, then `commit` them as one transaction. Whoever has it must be the
 * only writer of the file, for it remembers revisions.
 */
export class SqliteEventLog {
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
    this.streams = new SqliteStreams(database);
    this.flush = () => this.rows.flush();
    this.beginGroup = database.prepare('BEGIN IMMEDIATE');
    this.commitGroup = database.prepare('COMMIT');
    this.rollbackGroup = database.prepare('ROLLBACK');
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
    this.streams.forget();
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
    const end = first + /** @type {number} */ (appends[at + 2]) * FIELDS_PER_EVENT;
    const found = this.streams.find(name, this.flush);
    if (found.revision !== expected || first === end) {
      this.#answer(appends, first, end, expected, found);
      return end;
    }
    const stream = found.id === 0 ? this.streams.intern(name) : found;
    for (let event = first; event < end; event += FIELDS_PER_EVENT) {
      stream.revision += 1;
      this.#position += 1;
      this.rows.add(this.#position, stream.id, stream.revision, appends, event);
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
   * @param {import('./sqlite-streams.mjs').KnownStream} stream
   */
  #answer(appends, first, end, expected, stream) {
    const count = (end - first) / FIELDS_PER_EVENT;
    // Without events the last one answers; with them, the events that stand where these would.
    const from = count === 0 ? stream.revision : expected + 1;
    this.rows.flush();
    const stored = /** @type {[string, number][]} */ (this.eventsFrom.all(stream.id, from, Math.max(count, 1)));
    const same =
      count === 0
        ? stream.revision === expected
        : stored.length === count && stored.every(([id], index) => id === appends[first + index * FIELDS_PER_EVENT]);
    if (same) this.#outcomes.push(1, expected + count, stored.at(-1)?.[1] ?? 0);
    else this.#outcomes.push(0, stream.revision, 0);
  }

  #storedPosition() {
    return /** @type {number} */ (this.lastPosition.get());
  }
}
