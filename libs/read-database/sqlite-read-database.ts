import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { ReadDatabaseFault, type ReadDatabase, type Reading, type Writing } from './read-database.js';
import { cachingStatements } from './sqlite-statements.js';

/** "BtRd": tells a read database from any other SQLite file, so that no other file is ever written to. */
const APPLICATION_ID = 0x42745264;
const BUSY_MILLISECONDS = 5_000;
/** Pages of 4 KiB before the log is moved into the file: rarer than by default, since a rebuild writes much. */
const CHECKPOINT_PAGES = 8_000;
const CACHE_KIB = 65_536;

/**
 * Read models in one SQLite file. `synchronous=NORMAL`: a power cut may take the last transactions, rows and progress
 * alike, and the feed brings them again. Queries have a connection of their own and see the last commit.
 */
export class SqliteReadDatabase implements ReadDatabase {
  private constructor(
    readonly reading: Reading,
    private readonly writing: Kysely<unknown>,
  ) {}

  /**
   * @param file made where there is none, readable by its owner only
   * @throws ReadDatabaseFault, in one line, where the file is no read database
   */
  static async open(file: string): Promise<SqliteReadDatabase> {
    createPrivateFile(file);
    const writer = openWriter(file);
    const reader = new Database(file, { readonly: true, timeout: BUSY_MILLISECONDS });
    return new SqliteReadDatabase(kyselyOver(reader), kyselyOver(writer));
  }

  transaction<T>(work: (tx: Writing) => Promise<T>): Promise<T> {
    return this.writing.transaction().execute(work);
  }

  isUnavailable(error: unknown): boolean {
    const { name, code, message } = Object(error) as {
      readonly name?: string;
      readonly code?: string;
      readonly message?: string;
    };
    // By name: the driver makes its errors of one class per process, which tests in their own realms do not share.
    if (name === 'SqliteError') return !/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(code ?? '');
    return name === 'TypeError' && message === 'The database connection is not open';
  }

  async close(): Promise<void> {
    // A transaction holds the only connection; an empty one gets it when those before are done.
    await this.writing.transaction().execute(async () => undefined);
    await this.reading.destroy();
    await this.writing.destroy();
  }
}

function openWriter(file: string): Database.Database {
  const writer = new Database(file, { timeout: BUSY_MILLISECONDS });
  try {
    const found = writer.pragma('application_id', { simple: true });
    const tables = writer.prepare('select count(*) from sqlite_master').pluck().get();
    if (found !== APPLICATION_ID && tables !== 0) throw new Error('it belongs to another program');
    writer.pragma(`application_id = ${APPLICATION_ID}`);
    writer.pragma('journal_mode = WAL');
    writer.pragma('synchronous = NORMAL');
    writer.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    writer.pragma(`cache_size = -${CACHE_KIB}`);
    return writer;
  } catch (error) {
    writer.close();
    throw new ReadDatabaseFault(`${file} is no read database: ${(error as Error).message}`);
  }
}

function createPrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function kyselyOver(database: Database.Database): Kysely<unknown> {
  return new Kysely<unknown>({ dialect: new SqliteDialect({ database: cachingStatements(database) }) });
}
