import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Pool, PoolClient } from '../postgres/postgres-pool.js';
import { codeOf, isOfTheConnection, isOfTheRows, isPassing } from '../postgres/postgres-fault.js';
import { ReadDatabaseUnavailable, RowsRefused } from './read-database.js';

/** How often a query by itself is tried: connections of a pool may have died since they were last used. */
const MOST_TRIES = 3;

/**
 * kysely's way to a pool. Unlike kysely's own driver it gives every fault as one of ours, without the server's message,
 * throws away connections that are no longer sound, and repeats a query by itself that met one of those, or a deadlock.
 */
export class PostgresDriver implements Driver {
  constructor(private readonly pool: Pool) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(this.pool);
  }

  async beginTransaction(connection: PostgresConnection, { isolationLevel }: TransactionSettings): Promise<void> {
    await connection.begin(isolationLevel ? `begin isolation level ${isolationLevel}` : 'begin');
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  /** Where it cannot be said, the server rolls back by itself when the connection is thrown away. */
  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback')).catch(() => connection.spoil());
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
  }

  /** The pool is its opener's. */
  async destroy(): Promise<void> {}
}

/** One of the pool's connections, from the first query on; a transaction stays on it. */
class PostgresConnection implements DatabaseConnection {
  private client: PoolClient | undefined;
  private inTransaction = false;
  private spoilt = false;

  constructor(private readonly pool: Pool) {}

  async begin(statement: string): Promise<void> {
    await this.executeQuery(CompiledQuery.raw(statement));
    this.inTransaction = true;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.client ??= await this.pool.connect();
        const { rowCount, rows } = await this.client.query(sql, parameters as unknown[]);
        return { numAffectedRows: BigInt(rowCount ?? 0), rows: rows as Row[] };
      } catch (error) {
        const code = codeOf(error);
        if (isOfTheConnection(code)) this.spoilt = true;
        // Inside a transaction what came before is lost as well: its owner must begin anew.
        if (this.inTransaction || tries === MOST_TRIES || !isPassing(code)) throw faultOf(code);
        this.release();
      }
    }
  }

  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('queries here are pages: nothing is streamed');
  }

  /** Never to be used again by anybody. */
  spoil(): void {
    this.spoilt = true;
  }

  release(): void {
    this.client?.release(this.spoilt);
    this.client = undefined;
    this.spoilt = this.inTransaction = false;
  }
}

const faultOf = (code: string): Error =>
  isOfTheRows(code) ? new RowsRefused(code) : new ReadDatabaseUnavailable(code);
