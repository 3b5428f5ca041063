import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
} from 'kysely';
import type { SqliteThread } from './sqlite-thread.js';

/** kysely over the one connection that writes; whoever wants it next waits until it is given back. */
export function threadDialect(thread: SqliteThread): Dialect {
  return {
    createDriver: () => new ThreadDriver(thread),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class ThreadDriver implements Driver {
  private last: Promise<void> = Promise.resolve();
  private giveBack: () => void = () => undefined;

  constructor(private readonly thread: SqliteThread) {}

  async init(): Promise<void> {
    // The thread is open already.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.last;
    let giveBack = (): void => undefined;
    this.last = new Promise((resolve) => (giveBack = resolve));
    await before;
    this.giveBack = giveBack;
    return this.thread;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(): Promise<void> {
    this.giveBack();
  }

  destroy(): Promise<void> {
    return this.thread.close();
  }
}
