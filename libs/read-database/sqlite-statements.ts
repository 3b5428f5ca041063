import type Database from 'better-sqlite3';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { LRUCache } from 'lru-cache';

/** Enough for every shape of statement that the views and their batches have. */
const MOST_STATEMENTS = 256;

/**
 * A database that remembers its statements. kysely prepares each anew, which for a statement of a hundred rows takes
 * longer than to run it.
 */
export function cachingStatements(database: Database.Database): SqliteDatabase {
  const statements = new LRUCache<string, SqliteStatement>({ max: MOST_STATEMENTS });
  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const statement = database.prepare(sql) as SqliteStatement;
      statements.set(sql, statement);
      return statement;
    },
    close: () => void database.close(),
  };
}
