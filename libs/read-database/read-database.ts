import type { Kysely, Transaction } from 'kysely';

/** What a column of a read model may hold in every database: booleans are 0 and 1, times ISO 8601 UTC text. */
export type SqlValue = string | number | null;

/**
 * Without tables of its own: each owner of tables adds its types by `withTables<ItsTables>()`, so that they stand in
 * one place, beside the code that writes them.
 */
export type Reading = Kysely<unknown>;
export type Writing = Transaction<unknown>;

/**
 * Where read models live. Everything in it comes from events and can be thrown away and rebuilt. Its users write SQL
 * that SQLite and PostgreSQL both understand; what differs stays in the adapter.
 */
export interface ReadDatabase {
  /** For queries: sees what is committed, and does not wait for a transaction under way. */
  readonly reading: Reading;
  /** whether other processes may write to it as well; default no */
  readonly isShared?: boolean;
  /**
   * All of the work or, where it throws, nothing. Several may run beside each other, of this process and of others:
   * what must not interleave meets at a row that both write, or is done `alone`.
   *
   * @throws what the work threw, or ReadDatabaseUnavailable: then it may or may not have been done
   */
  transaction<T>(work: (tx: Writing) => Promise<T>): Promise<T>;
  /** A transaction beside which no other `alone` runs, in any process. */
  alone<T>(work: (tx: Writing) => Promise<T>): Promise<T>;
  /** Several queries at one moment: none sees what was committed since the first. */
  snapshot<T>(look: (tx: Writing) => Promise<T>): Promise<T>;
  /** To be called once tables were filled: from now on queries are planned by what is in them. */
  filled(tables: readonly string[]): Promise<void>;
  /**
   * Whether an error says that the database cannot work now (full, locked, gone), whatever the rows were. Any other
   * error of a write speaks about the rows.
   */
  isUnavailable(error: unknown): boolean;
  /** Waits for the transaction under way. */
  close(): Promise<void>;
}

/** The read database cannot work now (away, full, locked). Fixed words and a code, never what was asked. */
export class ReadDatabaseUnavailable extends Error {
  override name = 'ReadDatabaseUnavailable';
  readonly disclosable = true;
  constructor(readonly code: string) {
    super(`the read database answers ${code}`);
  }
}

/** Rows that the database does not take. The code alone: a driver's message may repeat what a person typed. */
export class RowsRefused extends Error {
  override name = 'RowsRefused';
  readonly disclosable = true;
  constructor(readonly code: string) {
    super(`the read database refuses the rows: ${code}`);
  }
}

/** The read database cannot be opened as it is; the message says in one line what to do. */
export class ReadDatabaseFault extends Error {
  override name = 'ReadDatabaseFault';
}
