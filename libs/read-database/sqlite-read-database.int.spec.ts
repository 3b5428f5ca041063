import { writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { migrate, type Migrations } from './migrations.js';
import { openReadDatabase, type OpenedReadDatabase } from './read-database.spec-kit.js';
import type { Writing } from './read-database.js';
import { RowReader } from './row-reader.js';
import { RowWriter } from './row-writer.js';
import { SqliteReadDatabase } from './sqlite-read-database.js';

type Tally = { name: string; colour: string | null; count: number; latest: string | null };
type Tables = { tally: Tally };

const tallies: Migrations = [
  async (tx: Writing) => {
    await tx.schema
      .createTable('tally')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('colour', 'text')
      .addColumn('count', 'integer', (column) => column.notNull())
      .addColumn('latest', 'text')
      .execute();
  },
];
const columns = ['name', 'colour', 'count', 'latest'] as const;
const tally = (name: string, given: Partial<Tally> = {}): Tally => ({
  name,
  colour: null,
  count: 1,
  latest: null,
  ...given,
});

describe('SQLite read database', () => {
  let opened: OpenedReadDatabase;
  beforeEach(async () => {
    opened = await openReadDatabase();
    await opened.database.transaction((tx) => migrate(tx, 'tallies', tallies));
  });
  afterEach(() => opened.dispose());

  const all = (): Promise<Tally[]> =>
    opened.database.reading.withTables<Tables>().selectFrom('tally').selectAll().orderBy('name').execute();

  it('writes all of a transaction or nothing', async () => {
    const writer = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'] });
    const failing = opened.database.transaction(async (tx) => {
      await writer.write(tx, [tally('a')]);
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    expect(await all()).toEqual([]);
  });

  it('lets queries read what is committed while a transaction is open', async () => {
    const writer = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'] });
    await opened.database.transaction(async (tx) => {
      await writer.write(tx, [tally('a')]);
      expect(await all()).toEqual([]);
    });
    expect(await all()).toHaveLength(1);
  });

  it.each([1, 3, 255, 1000])('replaces %i rows by key', async (count) => {
    const writer = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'] });
    const rows = Array.from({ length: count }, (_, n) => tally(String(n).padStart(4, '0'), { count: n }));
    const later = rows.map((row) => ({ ...row, colour: 'red' }));
    await opened.database.transaction((tx) => writer.write(tx, rows));
    await opened.database.transaction((tx) => writer.write(tx, later));
    expect(await all()).toEqual(later);
  });

  it('adds, keeps the greatest and leaves alone what is not named', async () => {
    const onConflict = { count: 'add', latest: 'greatest' } as const;
    const writer = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'], onConflict });
    for (const latest of ['2026-02', '2026-03', '2026-01', null])
      await opened.database.transaction((tx) => writer.write(tx, [tally('a', { latest, colour: latest })]));
    expect(await all()).toEqual([{ name: 'a', colour: '2026-02', count: 4, latest: '2026-03' }]);
  });

  it('reads rows by keys, of one fixed value', async () => {
    const writer = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'] });
    const rows = Array.from({ length: 600 }, (_, n) => tally(`n${n}`, { count: n % 2 }));
    const reader = new RowReader<Tally>({ table: 'tally', columns, key: 'name', fixed: ['count'] });
    const read = await opened.database.transaction(async (tx) => {
      await writer.write(tx, rows);
      return reader.read(tx, [...rows.map((row) => row.name), 'nobody'], [1]);
    });
    expect(read).toHaveLength(300);
    expect(read.every((row) => row.count === 1)).toBe(true);
  });

  it('tells a database that cannot work from rows that cannot be written', async () => {
    const writer = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'] });
    const broken = { ...tally('a'), count: null } as unknown as Tally;
    const refused: unknown = await opened.database
      .transaction((tx) => writer.write(tx, [broken]))
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'SqliteError', code: 'SQLITE_CONSTRAINT_NOTNULL' });
    expect(opened.database.isUnavailable(refused)).toBe(false);
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

  it('keeps its rows when opened again, and runs only new migrations', async () => {
    const writer = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'] });
    await opened.database.transaction((tx) => writer.write(tx, [tally('a')]));
    const again = await opened.reopen();
    const grown = [
      ...tallies,
      async (tx: Writing) => tx.schema.createIndex('by_count').on('tally').column('count').execute(),
    ];
    await again.transaction((tx) => migrate(tx, 'tallies', grown));
    await again.transaction((tx) => migrate(tx, 'tallies', grown));
    expect(await again.reading.withTables<Tables>().selectFrom('tally').selectAll().execute()).toHaveLength(1);
    await expect(again.transaction((tx) => migrate(tx, 'tallies', tallies))).rejects.toThrow(
      /tallies have version 2, this program knows 1/,
    );
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
