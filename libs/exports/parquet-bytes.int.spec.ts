import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventNames } from '../contracts/event-type.js';
import { SqliteEventStore } from '../event-store/sqlite-event-store.js';
import { STORED_EVENT_COLUMNS } from './event-columns.js';
import type { ExportColumn, ExportRow } from './export-column.js';
import { groupsOf, parquetBytes } from './parquet-bytes.js';
import type { EncodedGroup } from './parquet-groups.mjs';
import { sqliteEventGroups } from './sqlite-event-groups.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'baton-parquet-'))));
afterAll(() => rm(folder, { recursive: true }));

/** Rows of the file, as DuckDB reads them. */
async function readBack(columns: readonly ExportColumn[], groups: AsyncIterable<EncodedGroup>, order: string) {
  const file = join(folder, 'rows.parquet');
  const chunks: Uint8Array[] = [];
  for await (const bytes of parquetBytes(columns, groups)) chunks.push(bytes);
  await writeFile(file, Buffer.concat(chunks));
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const [{ groups: groupCount }] = (
      await duck.runAndReadAll(`SELECT count(DISTINCT row_group_id)::INT AS groups FROM parquet_metadata('${file}')`)
    ).getRowObjectsJson() as [{ groups: number }];
    const rows = (await duck.runAndReadAll(`SELECT * FROM '${file}' ORDER BY ${order}`)).getRowObjectsJson();
    return { groupCount, rows };
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

describe('A Parquet file of several row groups', () => {
  it('has every row, whatever the texts are', async () => {
    const columns = [column('n', 'integer', false), column('kind', 'text', true), column('said', 'json', true)];
    const rows: ExportRow[] = Array.from({ length: 9_001 }, (_, n) => ({
      n,
      kind: n % 7 === 0 ? null : `kind ${n % 5}`,
      said: n % 11 === 0 ? null : n % 3 === 0 ? `"für ${n} 🦜"` : `"${n}"`,
    }));
    async function* pages() {
      for (let at = 0; at < rows.length; at += 500) yield rows.slice(at, at + 500);
    }
    const read = await readBack(columns, groupsOf(columns, pages()), 'n');
    expect(read.groupCount).toBe(3);
    expect(read.rows).toEqual(rows);
  });

  it('is a file also without rows', async () => {
    const columns = [column('n', 'integer', false)];
    async function* none() {
      // Nothing was recorded.
    }
    expect(await readBack(columns, groupsOf(columns, none()), 'n')).toEqual({ groupCount: 0, rows: [] });
  });

  it('is made of a log by a thread, stretch by stretch, within the range', async () => {
    const file = join(folder, 'events.sqlite');
    const store = await SqliteEventStore.open({ file });
    const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
    for (let n = 0; n < 40; n += 1) {
      const metadata = {
        recordedAt: at(n),
        occurredAt: at(n),
        commandId: `c${n}`,
        actor: { kind: 'human', id: 'ö', role: 'sales' },
      };
      await store.append(`lead-${n}`, 'no-stream', [
        {
          id: crypto.randomUUID(),
          type: 'LeadCreated.v1',
          data: { nonce: 'n', pii: 'sealed', cycle: 1, said: `„${n}“` },
          metadata,
        },
      ]);
    }
    const end = Number(await store.head());
    const data = { file, columns: STORED_EVENT_COLUMNS, names: eventNames, from: at(8), to: at(30) };
    const { groupCount, rows } = await readBack(STORED_EVENT_COLUMNS, sqliteEventGroups(data, end, 7), 'recorded_at');
    await store.close();
    // Stretches of 7 that hold events from the ninth to the thirtieth.
    expect(groupCount).toBe(4);
    expect(rows.map((row) => [row['stream_id'], row['data'], row['actor_id']])).toEqual(
      Array.from({ length: 22 }, (_, n) => [String(n + 8), JSON.stringify({ cycle: 1, said: `„${n + 8}“` }), 'ö']),
    );
  });

  it('has smaller groups where events are large', async () => {
    const file = join(folder, 'large-events.sqlite');
    const store = await SqliteEventStore.open({ file });
    const at = '2026-01-01T00:00:00.000Z';
    const actor = { kind: 'human', id: 'sven', role: 'sales' };
    for (let n = 0; n < 25; n += 1) {
      await store.append(`lead-${n}`, 'no-stream', [
        {
          id: crypto.randomUUID(),
          type: 'LeadCreated.v1',
          data: { said: '-'.repeat(400 << 10) },
          metadata: { recordedAt: at, occurredAt: at, commandId: `c${n}`, actor },
        },
      ]);
    }
    const end = Number(await store.head());
    const data = { file, columns: STORED_EVENT_COLUMNS, names: eventNames };
    const sizes: number[] = [];
    for await (const { rows } of sqliteEventGroups(data, end, 15)) sizes.push(rows);
    await store.close();
    // Two stretches, and of the first what is over 4 MiB by itself.
    expect(sizes).toEqual([11, 4, 10]);
  });

  it('is not made where the log cannot be opened', async () => {
    const data = { file: join(folder, 'nowhere.sqlite'), columns: STORED_EVENT_COLUMNS, names: eventNames };
    await expect(readBack(STORED_EVENT_COLUMNS, sqliteEventGroups(data, 10), 'revision')).rejects.toMatchObject({
      code: 'SQLITE_CANTOPEN',
    });
  });
});
