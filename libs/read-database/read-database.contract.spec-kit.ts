import { migrate, type Migrations } from './migrations.js';
import { RowsRefused, type ReadDatabase, type Writing } from './read-database.js';
import { openReadDatabase, type OpenedReadDatabase, type ReadDatabaseKind } from './read-database.spec-kit.js';
import { RowReader } from './row-reader.js';
import { RowWriter } from './row-writer.js';

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
const namesIn = (db: ReadDatabase['reading']) =>
  db.withTables<Tables>().selectFrom('tally').select('name').orderBy('name').execute();

/** What every read database must do. */
export function readDatabaseContract(
  kind: ReadDatabaseKind,
  open: () => Promise<OpenedReadDatabase> = () => openReadDatabase(kind),
): void {
  let opened: OpenedReadDatabase;
  let writer: RowWriter<Tally>;
  beforeEach(async () => {
    opened = await open();
    writer = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'] });
    await opened.database.transaction((tx) => migrate(tx, 'tallies', tallies));
  });
  afterEach(() => opened.dispose());

  const all = (): Promise<Tally[]> =>
    opened.database.reading.withTables<Tables>().selectFrom('tally').selectAll().orderBy('name').execute();

  it('writes all of a transaction or nothing', async () => {
    const failing = opened.database.transaction(async (tx) => {
      await writer.write(tx, [tally('a')]);
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    expect(await all()).toEqual([]);
  });

  it('lets queries read what is committed while a transaction is open', async () => {
    await opened.database.transaction(async (tx) => {
      await writer.write(tx, [tally('a')]);
      expect(await all()).toEqual([]);
    });
    expect(await all()).toHaveLength(1);
  });

  it.each([0, 1, 3, 255, 2_500])('replaces %i rows by key', async (count) => {
    const rows = Array.from({ length: count }, (_, n) => tally(String(n).padStart(4, '0'), { count: n }));
    const later = rows.map((row) => ({ ...row, colour: 'red' }));
    await opened.database.transaction((tx) => writer.write(tx, rows));
    await opened.database.transaction((tx) => writer.write(tx, later));
    expect(await all()).toEqual(later);
  });

  it('adds, keeps the greatest and leaves alone what is not named', async () => {
    const onConflict = { count: 'add', latest: 'greatest' } as const;
    const adding = new RowWriter<Tally>({ table: 'tally', columns, key: ['name'], onConflict });
    for (const latest of ['2026-02', '2026-03', '2026-01', null])
      await opened.database.transaction((tx) => adding.write(tx, [tally('a', { latest, colour: latest })]));
    expect(await all()).toEqual([{ name: 'a', colour: '2026-02', count: 4, latest: '2026-03' }]);
  });

  it('reads rows by keys, of one fixed value', async () => {
    const rows = Array.from({ length: 600 }, (_, n) => tally(`n${n}`, { count: n % 2 }));
    const reader = new RowReader<Tally>({ table: 'tally', columns, key: 'name', fixed: ['count'] });
    const [read, none] = await opened.database.transaction(async (tx) => {
      await writer.write(tx, rows);
      return [await reader.read(tx, [...rows.map((row) => row.name), 'nobody'], [1]), await reader.read(tx, [], [1])];
    });
    expect(none).toEqual([]);
    expect(read).toHaveLength(300);
    expect(read.every((row) => row.count === 1)).toBe(true);
  });

  it('gives back what it was given: any text, and whole numbers far beyond 32 bits', async () => {
    const rows = [
      tally('"quoted" \\ {a,b} null', { colour: 'null', count: 9_007_199_254_740_991 }),
      tally("it's ünïcode 🎈 \u2028", { colour: '', count: -9_007_199_254_740_991, latest: '\t\n' }),
    ];
    await opened.database.transaction((tx) => writer.write(tx, rows));
    expect(await all()).toEqual(rows);
    const reader = new RowReader<Tally>({ table: 'tally', columns, key: 'name' });
    const read = await opened.database.transaction((tx) => reader.read(tx, [rows[0]!.name, rows[1]!.name]));
    expect(read.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(rows);
  });

  it('counts and adds up to numbers', async () => {
    await opened.database.transaction((tx) =>
      writer.write(tx, [tally('a', { count: 3e9 }), tally('b', { count: 3e9 })]),
    );
    const sums = await opened.database.reading
      .withTables<Tables>()
      .selectFrom('tally')
      .select(({ fn }) => [fn.countAll().as('rows'), fn.sum('count').as('sum'), fn.max('count').as('most')])
      .executeTakeFirst();
    expect(sums).toEqual({ rows: 2, sum: 6e9, most: 3e9 });
  });

  it('sorts and compares texts by their bytes, as cursors and times rely on', async () => {
    const names = ['B', 'a', 'Z', '_', 'ä', 'a b', 'ab', '10', '9', 'b'];
    await opened.database.transaction((tx) =>
      writer.write(
        tx,
        names.map((name) => tally(name)),
      ),
    );
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect((await all()).map(({ name }) => name)).toEqual(sorted);
    const after = opened.database.reading
      .withTables<Tables>()
      .selectFrom('tally')
      .select('name')
      .where('name', '>', 'Z');
    expect((await after.execute()).map(({ name }) => name).sort()).toEqual(sorted.filter((name) => name > 'Z').sort());
  });

  it('tells rows that it refuses from a database that cannot work, and repeats nothing of what they say', async () => {
    const broken = { ...tally('jane.doe@example.org'), count: null } as unknown as Tally;
    const refused: unknown = await opened.database
      .transaction((tx) => writer.write(tx, [broken]))
      .catch((error: unknown) => error);
    expect(opened.database.isUnavailable(refused)).toBe(false);
    expect(String((refused as Error).stack)).not.toContain('jane');
    if (kind === 'PostgreSQL') expect(refused).toBeInstanceOf(RowsRefused);
    expect(await all()).toEqual([]);
  });

  it('does what must be done alone one after another', async () => {
    const seen: number[] = [];
    await Promise.all(
      Array.from({ length: 5 }, () =>
        opened.database.alone(async (tx) => {
          seen.push((await namesIn(tx)).length);
          await writer.write(tx, [tally(`n${seen.length}`)]);
        }),
      ),
    );
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('looks at one moment', async () => {
    await opened.database.transaction((tx) => writer.write(tx, [tally('a')]));
    let writing: Promise<void> | undefined;
    await opened.database.snapshot(async (tx) => {
      expect(await namesIn(tx)).toHaveLength(1);
      writing = opened.database.transaction((other) => writer.write(other, [tally('b')]));
      // Where both can work at once the write is done before the second look; else it waits for the snapshot's end.
      if (kind === 'PostgreSQL') await writing;
      expect(await namesIn(tx)).toHaveLength(1);
    });
    await writing;
    expect(await all()).toHaveLength(2);
  });

  it('keeps its rows when opened again, and runs only new migrations', async () => {
    await opened.database.transaction((tx) => writer.write(tx, [tally('a')]));
    const again = await opened.reopen();
    const grown = [
      ...tallies,
      async (tx: Writing) => tx.schema.createIndex('by_count').on('tally').column('count').execute(),
    ];
    await again.alone((tx) => migrate(tx, 'tallies', grown));
    await again.alone((tx) => migrate(tx, 'tallies', grown));
    expect(await again.reading.withTables<Tables>().selectFrom('tally').selectAll().execute()).toHaveLength(1);
    await expect(again.alone((tx) => migrate(tx, 'tallies', tallies))).rejects.toThrow(
      /tallies have version 2, this program knows 1/,
    );
  });

  it('knows its tables by their columns', async () => {
    const tables = await opened.database.transaction((tx) => tx.introspection.getTables());
    expect(tables.map(({ name }) => name).sort()).toEqual(['schema_version', 'tally']);
  });
}
