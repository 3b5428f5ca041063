import { DuckDBInstance } from '@duckdb/node-api';
import Database from 'better-sqlite3';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventNames } from '../contracts/event-type.js';
import type { NewEvent } from '../event-store/event-store.js';
import { SqliteEventStore } from '../event-store/sqlite-event-store.js';
import { STORED_EVENT_COLUMNS } from './event-columns.js';
import type { Cell, ExportColumn, ExportRow } from './export-column.js';
import { parquetBytes } from './parquet-bytes.js';
import { sqliteEventFile } from './sqlite-event-file.js';

const LOG = { columns: STORED_EVENT_COLUMNS, names: eventNames };

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'baton-parquet-'))));
afterAll(() => rm(folder, { recursive: true }));

/** How many rows each group has, and the rows, as DuckDB reads them; times in milliseconds since 1970. */
async function readBack(content: AsyncIterable<Uint8Array>, order: string) {
  const file = join(folder, 'rows.parquet');
  const chunks: Uint8Array[] = [];
  for await (const bytes of content) chunks.push(bytes);
  await writeFile(file, Buffer.concat(chunks));
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const select = async (sql: string) => (await duck.runAndReadAll(sql)).getRowObjectsJson();
    const counts = await select(
      `SELECT DISTINCT row_group_id, row_group_num_rows::INT AS rows FROM parquet_metadata('${file}') ORDER BY 1`,
    );
    const described = await select(`DESCRIBE SELECT * FROM '${file}'`);
    const columns = described as { column_name: string; column_type: string }[];
    const times = columns.filter(({ column_type: type }) => type.startsWith('TIMESTAMP'));
    const exact = times.map(({ column_name: time }) => `epoch_ms(${time})::BIGINT AS ${time}`);
    const what = exact.length === 0 ? '*' : `* REPLACE (${exact.join(', ')})`;
    const rows = await select(`SELECT ${what} FROM '${file}' ORDER BY ${order}`);
    return { groups: counts.map((group) => group['rows']), rows };
  } finally {
    duck.closeSync();
  }
}

const column = (name: string, type: ExportColumn['type'], nullable: boolean): ExportColumn => ({
  name,
  type,
  nullable,
  meaning: '',
  source: '',
});

/** An event as long as it is told to be, of a stream of its own. */
async function fill(store: SqliteEventStore, count: number, event: (n: number) => Pick<NewEvent, 'data' | 'metadata'>) {
  for (let n = 0; n < count; n += 1) {
    const id = crypto.randomUUID();
    await store.append(`lead-${n}`, 'no-stream', [{ id, type: 'LeadCreated.v1', ...event(n) }]);
  }
}

const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
const recordedAt = (n: number) => ({
  recordedAt: at(n),
  occurredAt: at(n),
  commandId: `c${n}`,
  actor: { kind: 'human', id: 'ö', role: 'sales' },
});

describe('A Parquet file of several row groups', () => {
  it('has every row, whatever the cells are', async () => {
    const columns = [
      column('n', 'integer', false),
      column('kind', 'text', true),
      column('said', 'json', true),
      column('own', 'text', true),
      column('below', 'integer', true),
      column('yes', 'flag', true),
      column('never', 'text', true),
      column('day', 'time', true),
      column('moment', 'time', false),
    ];
    const rows: ExportRow[] = Array.from({ length: 9_001 }, (_, n) => ({
      n,
      kind: n % 7 === 0 ? null : `kind ${n % 5}`,
      said: n % 11 === 0 ? null : n % 3 === 0 ? `"für ${n} 🦜"` : `"${n}"`,
      // Alike at first, so that what looks for repetitions has to think again.
      own: n % 13 === 0 ? null : n < 300 ? '' : `own ${n} ü`,
      below: n % 17 === 0 ? null : -2_147_483_648 + (n % 3),
      yes: n % 5 === 0 ? null : n % 3 === 0,
      never: null,
      day: n % 19 === 0 ? null : new Date(Date.UTC(1969, 11, 30 + (n % 4))).toISOString(),
      moment: new Date(-4_500_000_000_000 + n * 1_234_567_891).toISOString(),
    }));
    async function* pages() {
      for (let from = 0; from < rows.length; from += 500) yield rows.slice(from, from + 500);
    }
    const read = await readBack(parquetBytes(columns, pages()), 'n');
    expect(read.groups).toEqual([4_000, 4_000, 1_001]);
    const inDuck = (time: Cell | undefined) => (typeof time === 'string' ? String(Date.parse(time)) : null);
    expect(read.rows).toEqual(rows.map((row) => ({ ...row, day: inDuck(row['day']), moment: inDuck(row['moment']) })));
  });

  it('is a file also without rows', async () => {
    async function* none() {
      // Nothing was recorded.
    }
    const columns = [column('n', 'integer', false)];
    expect(await readBack(parquetBytes(columns, none()), 'n')).toEqual({ groups: [], rows: [] });
  });

  it.each([
    ['integer', 1.5],
    ['integer', 2 ** 31],
    ['time', 'yesterday'],
    ['text', null],
  ] as const)('is not made of what is no %s: %j', async (type, cell) => {
    async function* pages() {
      yield [{ n: cell }];
    }
    const made = readBack(parquetBytes([column('n', type, false)], pages()), 'n');
    await expect(made).rejects.toThrow(RangeError);
    await expect(made).rejects.not.toThrow(String(cell));
  });
});

describe('A Parquet file made of a log by threads', () => {
  const end = async (store: SqliteEventStore) => Number((await store.head()) ?? 0);

  it('has the events of the range, group by group', async () => {
    const file = join(folder, 'events.sqlite');
    const store = await SqliteEventStore.open({ file });
    const data = (n: number) => ({ nonce: 'n', pii: 'sealed', cycle: 1, said: `„${n}“` });
    await fill(store, 40, (n) => ({ data: data(n), metadata: recordedAt(n) }));
    const group = { rows: 7, bytes: 1 << 20 };
    const range = { from: at(8), to: at(30) };
    const made = sqliteEventFile({ ...LOG, file, end: await end(store), ...range, group });
    const { groups, rows } = await readBack(made, 'recorded_at');
    await store.close();
    // The log is cut into stretches of seven, wherever the range begins.
    expect(groups).toEqual([6, 7, 7, 2]);
    expect(rows.map((row) => [row['stream_id'], row['data'], row['actor_id'], row['cycle']])).toEqual(
      Array.from({ length: 22 }, (_, n) => [String(n + 8), JSON.stringify({ cycle: 1, said: `„${n + 8}“` }), 'ö', 1]),
    );
  });

  it('has smaller groups where events are large', async () => {
    const file = join(folder, 'large-events.sqlite');
    const store = await SqliteEventStore.open({ file });
    await fill(store, 25, (n) => ({ data: { said: '-'.repeat(400 << 10) }, metadata: recordedAt(n) }));
    const { groups } = await readBack(sqliteEventFile({ ...LOG, file, end: await end(store) }), 'recorded_at');
    await store.close();
    // Each is over 2 MiB with its last event.
    expect(groups).toEqual([6, 6, 6, 6, 1]);
  });

  it('ends where what is taken of it is enough', async () => {
    const file = join(folder, 'left.sqlite');
    const store = await SqliteEventStore.open({ file });
    await fill(store, 20, (n) => ({ data: { said: '-'.repeat(400 << 10) }, metadata: recordedAt(n) }));
    const made = sqliteEventFile({ ...LOG, file, end: await end(store) });
    await made.next();
    await made.return();
    expect(await made.next()).toEqual({ done: true, value: undefined });
    await store.close();
  });

  it('is not made where the log cannot be opened', async () => {
    const made = sqliteEventFile({ ...LOG, file: join(folder, 'nowhere.sqlite'), end: 10 });
    await expect(readBack(made, 'revision')).rejects.toMatchObject({ code: 'SQLITE_CANTOPEN' });
  });

  it('is not made of an event that breaks off, and the fault does not repeat it', async () => {
    const file = join(folder, 'broken.sqlite');
    const store = await SqliteEventStore.open({ file });
    await fill(store, 2, (n) => ({ data: {}, metadata: recordedAt(n) }));
    const last = await end(store);
    await store.close();
    const database = new Database(file);
    database.prepare('UPDATE events SET body = ? WHERE position = ?').run('{"data":{"said":"Kanarie', last);
    database.close();
    await expect(readBack(sqliteEventFile({ ...LOG, file, end: last }), 'revision')).rejects.toThrow(
      /^events cannot be read for an export: SyntaxError$/,
    );
  });
});
