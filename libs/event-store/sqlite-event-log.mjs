// Plain JavaScript, because the writer's worker thread loads it as it stands, under Jest as in dist.
import Database from 'better-sqlite3';

/** Marks a file as an event store of Baton: "Bton" in the header's application_id. */
const APPLICATION_ID = 0x42746f6e;
export const SCHEMA_VERSION = 1;

// A stream's revision is not kept in `streams`: the index has it, and each append would dirty one page more.
const SCHEMA = `
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (id),
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Streams whose id and revision are remembered between groups: some 10 MB. */
const MOST_KNOWN_STREAMS = 50_000;

/** Numbers per append in a group's outcomes: taken (1 or 0), revision (-1: no stream), position. */
export const OUTCOME_SIZE = 3;

/**
 * An append on its way to the writer, flattened because a flat list of strings is the cheapest to hand to a thread:
 * stream, expected revision, number of events, then id, type, data and metadata of each.
 * @typedef {(string | number)[]} FlatAppends
 */

/** @typedef {{ id: number, revision: number }} KnownStream */

/** The one connection that writes. Whoever has it must be the only writer of the file: it remembers revisions. */
export class SqliteEventLog {
  /** @type {Map<string, KnownStream>} */
  #known = new Map();

  /**
   * Opens the file and makes its schema when it is empty.
   * @param {string} file
   * @param {number | undefined} mostPages cap of the file's size, in pages of 4 KiB; beyond it commits fail as on a full disk
   * @throws {Error} where the file is none of ours or of another schema version
   */
  constructor(file, mostPages) {
    const database = new Database(file);
    this.database = database;
    try {
      prepareFile(database);
      if (mostPages !== undefined) database.pragma(`max_page_count = ${mostPages}`);
    } catch (error) {
      database.close();
      throw error;
    }
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.end = database.prepare('COMMIT');
    this.rollback = database.prepare('ROLLBACK');
    this.findStream = database.prepare('SELECT id FROM streams WHERE name = ?').pluck();
    this.addStream = database.prepare('INSERT INTO streams (name) VALUES (?)');
    this.lastRevision = database.prepare('SELECT max(revision) FROM events WHERE stream = ?').pluck();
    this.addEvent = database.prepare(
      'INSERT INTO events (stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.eventsFrom = database
      .prepare('SELECT id, position FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?')
      .raw();
  }

  /**
   * Commits a group of appends as one transaction, each of them taken or refused by itself.
   * @param {FlatAppends[]} batches
   * @param {number} count appends in all batches
   * @returns {Float64Array} OUTCOME_SIZE numbers per append, in order
   * @throws {Error} when the group could not be written; then nothing of it was
   */
  commit(batches, count) {
    const outcomes = new Float64Array(count * OUTCOME_SIZE);
    let outcome = 0;
    this.begin.run();
    try {
      for (const batch of batches) {
        for (let at = 0; at < batch.length; outcome += OUTCOME_SIZE) at = this.#append(batch, at, outcomes, outcome);
      }
      this.end.run();
      return outcomes;
    } catch (error) {
      this.#known.clear();
      // After some faults SQLite has rolled back by itself.
      if (this.database.inTransaction) this.rollback.run();
      throw error;
    }
  }

  close() {
    this.database.close();
  }

  /**
   * @param {FlatAppends} batch
   * @param {number} at
   * @param {Float64Array} outcomes
   * @param {number} outcome
   * @returns {number} where the next append begins
   */
  #append(batch, at, outcomes, outcome) {
    const name = /** @type {string} */ (batch[at]);
    const expected = /** @type {number} */ (batch[at + 1]);
    const events = /** @type {number} */ (batch[at + 2]);
    const first = at + 3;
    const next = first + events * 4;
    const stream = this.#stream(name);
    if (stream.revision !== expected || events === 0) {
      this.#compare(batch, first, events, expected, stream, outcomes, outcome);
      return next;
    }
    if (stream.id === 0) this.#intern(name, stream);
    let position = 0;
    for (let event = first; event < next; event += 4) {
      stream.revision += 1;
      const { lastInsertRowid } = this.addEvent.run(
        stream.id,
        stream.revision,
        batch[event],
        batch[event + 1],
        batch[event + 2],
        batch[event + 3],
      );
      position = Number(lastInsertRowid);
    }
    outcomes[outcome] = 1;
    outcomes[outcome + 1] = stream.revision;
    outcomes[outcome + 2] = position;
    return next;
  }

  /**
   * Answers an append that writes nothing: a repetition has the first result, all else at a wrong revision conflicts.
   * @param {FlatAppends} batch
   * @param {number} first
   * @param {number} events
   * @param {number} expected
   * @param {KnownStream} stream
   * @param {Float64Array} outcomes
   * @param {number} outcome
   */
  #compare(batch, first, events, expected, stream, outcomes, outcome) {
    outcomes[outcome + 1] = stream.revision;
    if (events === 0) {
      outcomes[outcome] = stream.revision === expected ? 1 : 0;
      if (stream.revision < 0) return;
      const last = /** @type {[string, number]} */ (this.eventsFrom.get(stream.id, stream.revision, 1));
      outcomes[outcome + 2] = last[1];
      return;
    }
    if (expected + events > stream.revision) return;
    const stored = /** @type {[string, number][]} */ (this.eventsFrom.all(stream.id, expected + 1, events));
    if (!stored.every(([id], index) => id === batch[first + index * 4])) return;
    outcomes[outcome] = 1;
    outcomes[outcome + 1] = expected + events;
    outcomes[outcome + 2] = stored[events - 1]?.[1] ?? 0;
  }

  /**
   * @param {string} name
   * @returns {KnownStream} with id 0 and revision -1 where there is none yet
   */
  #stream(name) {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const id = /** @type {number | undefined} */ (this.findStream.get(name)) ?? 0;
    const revision = id === 0 ? -1 : /** @type {number} */ (this.lastRevision.get(id));
    const stream = { id, revision };
    if (id !== 0) this.#remember(name, stream);
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
}

/** @param {import('better-sqlite3').Database} database */
function prepareFile(database) {
  database.pragma('locking_mode = NORMAL');
  const application = database.pragma('application_id', { simple: true });
  const version = database.pragma('user_version', { simple: true });
  const empty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (!empty && application !== APPLICATION_ID) throw new Error('the file is no event store of Baton');
  if (!empty && version !== SCHEMA_VERSION)
    throw new Error(`the file has schema version ${String(version)}; this program knows version ${SCHEMA_VERSION}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('secure_delete = ON');
  database.pragma('cache_size = -32768');
  if (empty) database.transaction(() => database.exec(SCHEMA))();
}
