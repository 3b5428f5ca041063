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
  /**
   * All of the work or, where it throws, nothing. Transactions run one after another.
   *
   * @throws what the work threw
   */
  transaction<T>(work: (tx: Writing) => Promise<T>): Promise<T>;
  /**
   * Whether an error says that the database cannot work now (full, locked, gone), whatever the rows were. Any other
   * error of a write speaks about the rows.
   */
  isUnavailable(error: unknown): boolean;
  /** Waits for the transaction under way. */
  close(): Promise<void>;
}

/** The read database cannot be opened as it is; the message says in one line what to do. */
export class ReadDatabaseFault extends Error {
  override name = 'ReadDatabaseFault';
}
