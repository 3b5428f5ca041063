import Database from 'better-sqlite3';
import { StoreFault } from './event-store.js';

/** Pages copied at one go: a few milliseconds, between which the process does other things. */
const PAGES_AT_ONCE = 2_000;

/**
 * One moment of a SQLite file in WAL mode, held for reading while other processes go on writing to it. The file keeps
 * what the moment needs until it is closed.
 */
export class SqliteSnapshot {
  private constructor(private readonly database: Database.Database) {}

  /**
   * Takes the moment.
   *
   * @throws StoreFault where the file is no SQLite database, or cannot be read
   */
  static take(file: string): SqliteSnapshot {
    let database: Database.Database | undefined;
    try {
      database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
      // A transaction begins with its first read, not with BEGIN.
      database.exec('BEGIN; SELECT count(*) FROM sqlite_schema;');
      return new SqliteSnapshot(database);
    } catch (error) {
      database?.close();
      throw new StoreFault(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The last event's position, where the file is an event store. */
  get lastPosition(): number {
    return this.database.prepare('SELECT coalesce(max(position), 0) FROM events').pluck().get() as number;
  }

  get pages(): number {
    return this.database.pragma('page_count', { simple: true }) as number;
  }

  /**
   * Writes the moment into a new file, page by page, by SQLite's own backup.
   *
   * @param progress told how many pages are done
   * @throws Error of the file system or SQLite
   */
  async copyTo(file: string, progress: (pages: number) => void): Promise<void> {
    await this.database.backup(file, {
      progress: ({ totalPages, remainingPages }) => {
        progress(totalPages - remainingPages);
        return PAGES_AT_ONCE;
      },
    });
  }

  close(): void {
    this.database.close();
  }
}

/**
 * Looks through a whole file for damage. Nobody else may have it open: who only reads leaves files beside it that a
 * writer's close takes away.
 *
 * @throws StoreFault naming the first
 */
export function assertSound(file: string): void {
  const database = new Database(file, { fileMustExist: true });
  try {
    const found = database.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(String(found));
  } catch (error) {
    throw new StoreFault(`${file} is damaged: ${(error as Error).message}`, { cause: error });
  } finally {
    database.close();
  }
}
