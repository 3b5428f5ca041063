import { hash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Cosigned, Evidence, LogState, WitnessState } from './witness-state.js';

/** Of each suspicion: enough for any investigation, little enough that no log can fill the disk with it. */
const MOST_EVIDENCE_PER_LOG = 1_000;
/** Of a log's evidence, the oldest are handed out: the first is the proof. */
const MOST_SHOWN = 100;
const BUSY_MS = 5_000;
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE cosigned (
    origin_hash TEXT PRIMARY KEY, origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
    time INTEGER NOT NULL, note TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, origin_hash TEXT NOT NULL, posted_hash TEXT NOT NULL, suspicion TEXT NOT NULL,
    at INTEGER NOT NULL, cosigned TEXT NOT NULL, posted TEXT NOT NULL, UNIQUE (origin_hash, posted_hash, suspicion)
  ) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** A state that must not be used as it is; one clear line. */
export class WitnessStateRefused extends Error {
  override name = 'WitnessStateRefused';
  readonly disclosable = true;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/**
 * The witness's memory in one SQLite file of mode 0600. The compare and the swap are one immediate transaction, so two
 * processes on one file cannot cosign a fork either; it is on the disk when it has returned (synchronous=FULL).
 *
 * @throws WitnessStateRefused for a file of another version; the driver's error for one that is no database
 */
export function openWitnessState(file: string): WitnessState {
  closeSync(openSync(file, 'a', 0o600));
  const database = new Database(file, { timeout: BUSY_MS });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database
    .transaction(() => {
      const version = database.pragma('user_version', { simple: true });
      if (version === 0) database.exec(SCHEMA);
      else if (version !== SCHEMA_VERSION) throw new WitnessStateRefused(`${file} was written by another version`);
    })
    .immediate();

  const selectLast = database.prepare<[string], Cosigned>(
    'SELECT size, root, time, note FROM cosigned WHERE origin_hash = ?',
  );
  const upsert = database.prepare(
    `INSERT INTO cosigned VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin_hash)
     DO UPDATE SET size = excluded.size, root = excluded.root, time = excluded.time, note = excluded.note`,
  );
  const countOf = database.prepare<[string, string], { count: number }>(
    'SELECT count(*) AS count FROM evidence WHERE origin_hash = ? AND suspicion = ?',
  );
  const insertEvidence = database.prepare(
    `INSERT INTO evidence (origin_hash, posted_hash, suspicion, at, cosigned, posted) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const selectEvidence = database.prepare<[string], Evidence>(
    `SELECT suspicion, at, cosigned, posted FROM evidence WHERE origin_hash = ? ORDER BY id LIMIT ${MOST_SHOWN}`,
  );
  const countAll = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM evidence');

  const stateOf = (origin: string, originHash: string): LogState => ({
    last: () => selectLast.get(originHash),
    replace: ({ size, root, time, note }) => upsert.run(originHash, origin, size, root, time, note),
    keep: ({ suspicion, at, cosigned, posted }) => {
      if ((countOf.get(originHash, suspicion)?.count ?? 0) >= MOST_EVIDENCE_PER_LOG) return;
      insertEvidence.run(originHash, sha256(posted), suspicion, at, cosigned, posted);
    },
  });

  return {
    transact: (origin, decide) => database.transaction(() => decide(stateOf(origin, sha256(origin)))).immediate(),
    cosigned: (originHash) => selectLast.get(originHash),
    evidence: (originHash) => selectEvidence.all(originHash),
    evidenceCount: () => countAll.get()?.count ?? 0,
    close: () => database.close(),
  };
}
