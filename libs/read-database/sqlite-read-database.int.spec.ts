import { writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { readDatabaseContract } from './read-database.contract.spec-kit.js';
import { expectLogMoved, openSqlite } from './read-database.spec-kit.js';
import { SqliteReadDatabase } from './sqlite-read-database.js';

describe('SQLite read database written in this thread', () => {
  readDatabaseContract('SQLite', () => openSqlite((file) => SqliteReadDatabase.openInThisThread(file)));
});

describe('SQLite read database', () => {
  readDatabaseContract('SQLite');

  let opened: Awaited<ReturnType<typeof openSqlite>>;
  beforeEach(async () => {
    opened = await openSqlite();
  });
  afterEach(() => opened.dispose());

  it('knows a locked file for a database that cannot work now', () => {
    const locking = new Database(opened.file, { timeout: 0 });
    locking.exec('pragma journal_mode = wal; begin immediate');
    const locked = new Database(opened.file, { timeout: 0 });
    const busy = (): unknown => {
      try {
        return locked.exec('begin immediate');
      } catch (error) {
        return error;
      }
    };
    expect(opened.database.isUnavailable(busy())).toBe(true);
    locked.close();
    locking.close();
  });

  it('has the log moved into the file beside the commits, so that it begins anew', () =>
    expectLogMoved(opened.database, opened.file));

  it('refuses a file of another program, in one line, and leaves it alone', async () => {
    const other = `${opened.file}.other`;
    const database = new Database(other);
    database.exec('create table theirs (x)');
    database.close();
    await expect(SqliteReadDatabase.open(other)).rejects.toThrow(/is no read database: it belongs to another program$/);
    const text = `${opened.file}.txt`;
    await writeFile(text, 'no database at all, but long enough to be looked at as one'.repeat(20));
    await expect(SqliteReadDatabase.open(text)).rejects.toThrow(/is no read database: [^\n]+$/);
  });
});
