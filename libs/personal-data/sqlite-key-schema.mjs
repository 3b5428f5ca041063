/**
 * The tables of the key store. `survivor` is null for a contact that was not merged and never names a merged one;
 * index rows and leads always stand under the survivor, so that no read follows a chain. Contacts and leads are
 * opaque ids; no row holds anything a person typed. A fence names the contact whose stream tells of the erasure, and the
 * newest epoch at that time. An opt-out belongs to nobody.
 */
const SCHEMA = `
  CREATE TABLE contact (id TEXT PRIMARY KEY, survivor TEXT) STRICT, WITHOUT ROWID;
  CREATE INDEX contact_by_survivor ON contact (survivor) WHERE survivor IS NOT NULL;
  CREATE TABLE data_key (
    contact TEXT NOT NULL, version INTEGER NOT NULL, epoch INTEGER NOT NULL, wrapped TEXT NOT NULL,
    PRIMARY KEY (contact, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE index_entry (
    kind TEXT NOT NULL, pepper_version INTEGER NOT NULL, mac TEXT NOT NULL, contact TEXT NOT NULL,
    PRIMARY KEY (kind, pepper_version, mac)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX index_entry_by_contact ON index_entry (contact);
  CREATE TABLE contact_lead (lead TEXT PRIMARY KEY, contact TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX contact_lead_by_contact ON contact_lead (contact);
  CREATE TABLE fence (
    contact TEXT PRIMARY KEY, erasure TEXT NOT NULL, epoch INTEGER NOT NULL, finished INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX fence_by_erasure ON fence (erasure) WHERE finished = 0;
  CREATE TABLE opt_out (
    kind TEXT NOT NULL, pepper_version INTEGER NOT NULL, mac TEXT NOT NULL, PRIMARY KEY (kind, pepper_version, mac)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE fenced_up_to (one INTEGER PRIMARY KEY CHECK (one = 1), position TEXT NOT NULL) STRICT;
  CREATE TABLE key_mark (name TEXT PRIMARY KEY, mark TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
const VERSION = 2;

/**
 * Sets the connection to durable commits and overwritten deletions, and makes the tables in a new file.
 *
 * @param {import('better-sqlite3').Database} database
 */
export function prepareKeyDatabase(database) {
  database.pragma('busy_timeout = 5000');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('secure_delete = ON');
  // Ids and index entries fall anywhere: the pages that they fall on are to be at hand, and written to the file rarely.
  database.pragma('cache_size = -16384');
  database.pragma('wal_autocheckpoint = 4000');
  database
    .transaction(() => {
      const version = database.pragma('user_version', { simple: true });
      if (version === VERSION) return;
      if (version !== 0)
        throw Object.assign(new Error('a key store of another version'), { code: 'KEY_STORE_VERSION' });
      database.exec(SCHEMA);
      database.pragma(`user_version = ${VERSION}`);
    })
    .immediate();
}

/**
 * The newest epoch or pepper that the file was told of; 0 before the first. Marks are named `epoch-3`, `pepper-2`.
 *
 * @param {'epoch' | 'pepper'} secret
 */
export const newestMarked = (secret) =>
  `SELECT coalesce(max(cast(substr(name, ${secret.length + 2}) AS INTEGER)), 0) FROM key_mark WHERE name LIKE '${secret}-%'`;
