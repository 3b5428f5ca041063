import { writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { readDatabaseContract } from './read-database.contract.spec-kit.js';
import { openSqlite } from './read-database.spec-kit.js';
import { SqliteReadDatabase } from './sqlite-read-database.js';

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

  it('has the log moved into the file beside the commits, so that it begins anew', async () => {
    const { database, file } = opened;
    await database.transaction(async (tx) => {
      await sql`create table text (id integer primary key, what text)`.execute(tx);
    });
    const looking = new Database(file, { readonly: true });
    const state = looking.prepare<[], [number, number, number]>('pragma wal_checkpoint(NOOP)').raw();
    const ids = Array.from({ length: 8 }, (_, id) => id);
    let longest = 0;
    for (let last = 0, now = 0; now >= last;) {
      await database.transaction(async (tx) => {
        const rows = ids.map((id) => sql`(${id}, ${'x'.repeat(100_000)})`);
        await sql`insert or replace into text values ${sql.join(rows)}`.execute(tx);
      });
      [last, now] = [now, state.get()?.[1] ?? 0];
      longest = Math.max(longest, now);
    }
    looking.close();
    // Long before a commit itself would have moved it.
    expect(longest).toBeGreaterThan(4_000);
    expect(longest).toBeLessThan(16_000);
  });

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
