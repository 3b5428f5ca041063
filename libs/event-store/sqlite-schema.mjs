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
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Sets a writing connection up, and makes the schema in an empty file.
 * @param {import('better-sqlite3').Database} database
 * @throws {Error} where the file is none of ours or of another schema version
 */
export function prepareFile(database) {
  const application = database.pragma('application_id', { simple: true });
  const version = database.pragma('user_version', { simple: true });
  const empty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (!empty && application !== APPLICATION_ID) throw new Error('the file is no event store of Baton');
  if (!empty && version !== SCHEMA_VERSION)
    throw new Error(`the file has schema version ${String(version)}; this program knows version ${SCHEMA_VERSION}`);
  // Half the pages to write and sum up per commit, against SQLite's 4 KiB, and sealed events of a kilobyte or two fit.
  database.pragma('page_size = 8192');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('secure_delete = ON');
  database.pragma('cache_size = -32768');
  // A checkpoint every 32 MiB: rarer than one group in a hundred, and pages that many groups touch are written once.
  database.pragma('wal_autocheckpoint = 4000');
  // The writer keeps foreign keys and revisions right by itself; checking each row again costs a look-up.
  database.pragma('foreign_keys = OFF');
  if (empty) database.transaction(() => database.exec(SCHEMA))();
}
