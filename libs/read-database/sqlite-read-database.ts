import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { ReadDatabaseFault, type ReadDatabase, type Reading, type Writing } from './read-database.js';
import { cachingStatements } from './sqlite-statements.js';
import { onlyConnectionDialect } from './sqlite-only-connection.js';
import { SqliteThread, type StartThread } from './sqlite-thread.js';
import { ownConnection } from './sqlite-own-connection.js';
import { WritingConnection } from './sqlite-writing.mjs';

const BUSY_MILLISECONDS = 5_000;
/** Of the file, read without copying: a query that looks up thousands of rows takes half the time. */
const MAPPED_BYTES = 1 << 30;

/**
 * Read models in one SQLite file. `synchronous=NORMAL`: a power cut may take the last transactions, rows and progress
 * alike, and the feed brings them again. What writes has a thread of its own; queries have a connection in this one and
 * see the last commit.
 */
export class SqliteReadDatabase implements ReadDatabase {
  private constructor(
    readonly reading: Reading,
    private readonly writing: Kysely<unknown>,
  ) {}

  /**
   * @param file made where there is none, readable by its owner only
   * @param start the thread that writes, where it has other work as well
   * @throws ReadDatabaseFault, in one line, where the file is no read database
   */
  static async open(file: string, start?: StartThread): Promise<SqliteReadDatabase> {
    createPrivateFile(file);
    const thread = await SqliteThread.open({ file, busyMilliseconds: BUSY_MILLISECONDS }, start);
    const writing = new Kysely<unknown>({ dialect: onlyConnectionDialect(thread) });
    return new SqliteReadDatabase(this.readingOf(file), writing);
  }

  /**
   * The same with what writes in this thread: for one that has nothing to keep waiting.
   *
   * @throws as `open`
   */
  static openInThisThread(file: string): SqliteReadDatabase {
    createPrivateFile(file);
    const connection = writingConnection(file);
    const writing = new Kysely<unknown>({
      dialect: onlyConnectionDialect({ ...ownConnection(connection), close: () => connection.close() }),
    });
    return new SqliteReadDatabase(this.readingOf(file), writing);
  }

  /** For queries alone, of a file that is there. To be closed with `destroy`. */
  static readingOf(file: string): Reading {
    const reader = new Database(file, { readonly: true, timeout: BUSY_MILLISECONDS });
    reader.pragma(`mmap_size = ${MAPPED_BYTES}`);
    return kyselyOver(reader);
  }

  /** For the thread that writes: what it does itself takes turns with what it is sent. The connection is its opener's. */
  static inWritingThread(connection: WritingConnection): SqliteReadDatabase {
    const reader = new Database(connection.database.name, { readonly: true, timeout: BUSY_MILLISECONDS });
    const dialect = onlyConnectionDialect(ownConnection(connection), connection.turns);
    return new SqliteReadDatabase(kyselyOver(reader), new Kysely<unknown>({ dialect }));
  }

  transaction<T>(work: (tx: Writing) => Promise<T>): Promise<T> {
    return this.writing.transaction().execute(work);
  }

  /** There is one connection that writes, and one process that has it. */
  alone<T>(work: (tx: Writing) => Promise<T>): Promise<T> {
    return this.transaction(work);
  }

  snapshot<T>(look: (tx: Writing) => Promise<T>): Promise<T> {
    return this.transaction(look);
  }

  /** Its plans follow from the indexes alone. */
  async filled(): Promise<void> {}

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

/** @throws ReadDatabaseFault, in one line, where the file is no read database */
function writingConnection(file: string): WritingConnection {
  try {
    return new WritingConnection({ file, busyMilliseconds: BUSY_MILLISECONDS });
  } catch (error) {
    throw new ReadDatabaseFault(`${file} is no read database: ${error instanceof Error ? error.message : 'unknown'}`);
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
