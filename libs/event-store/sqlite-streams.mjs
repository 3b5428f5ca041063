/** Streams remembered between look-ups: some 10 MB. */
const MOST_KNOWN_STREAMS = 50_000;

/**
 * A stream as the writer knows it; its revision is the writer's to advance.
 * @typedef {{ id: number, revision: number }} KnownStream
 */

/** Interned stream names and their revisions, remembered: only the one writer of a file may do so. */
export class SqliteStreams {
  /** @type {Map<string, KnownStream>} */
  #known = new Map();

  /** @param {import('better-sqlite3').Database} database */
  constructor(database) {
    this.findId = database.prepare('SELECT id FROM streams WHERE name = ?').pluck();
    this.addName = database.prepare('INSERT INTO streams (name) VALUES (?)');
    this.lastRevision = database.prepare('SELECT max(revision) FROM events WHERE stream = ?').pluck();
  }

  /**
   * @param {string} name
   * @param {() => void} flush is called before revisions are read from the database
   * @returns {KnownStream} with id 0 and revision -1 where there is none yet
   */
  find(name, flush) {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const id = /** @type {number | undefined} */ (this.findId.get(name));
    if (id === undefined) return { id: 0, revision: -1 };
    flush();
    return this.#remember(name, { id, revision: /** @type {number} */ (this.lastRevision.get(id)) });
  }

  /**
   * Gives a name its id. To be called only with the stream's first events, so that every stream has some.
   * @param {string} name
   * @returns {KnownStream}
   */
  intern(name) {
    return this.#remember(name, { id: Number(this.addName.run(name).lastInsertRowid), revision: -1 });
  }

  /** After a rollback nothing that was remembered can be trusted. */
  forget() {
    this.#known.clear();
  }

  /**
   * @param {string} name
   * @param {KnownStream} stream
   */
  #remember(name, stream) {
    if (this.#known.size >= MOST_KNOWN_STREAMS) this.#known.clear();
    this.#known.set(name, stream);
    return stream;
  }
}
