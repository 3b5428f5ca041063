import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
} from 'kysely';
import { Turns } from './sqlite-turns.mjs';

/** The one connection that writes, in whichever thread it is. */
export interface OnlyConnection extends DatabaseConnection {
  close(): Promise<void>;
}

/** kysely over the one connection that writes; whoever wants it next waits until it is given back. */
export function onlyConnectionDialect(connection: OnlyConnection, turns = new Turns()): Dialect {
  return {
    createDriver: () => new OnlyConnectionDriver(connection, turns),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class OnlyConnectionDriver implements Driver {
  private giveBack: () => void = () => undefined;

  constructor(
    private readonly connection: OnlyConnection,
    private readonly turns: Turns,
  ) {}

  async init(): Promise<void> {
    // The connection is open already.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.giveBack = await this.turns.take();
    return this.connection;
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
    return this.connection.close();
  }
}
