import type { ExportColumn, ExportRow } from './export-column.js';
import { ParquetFile } from './parquet-file.mjs';

/** Few enough that a group takes the thread for some 20 ms only. */
const GROUP = { rows: 4_000, bytes: 1 << 20 };

/** Rows of any data set as a Parquet file, made in this thread, group by group. */
export async function* parquetBytes(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = new ParquetFile(columns, GROUP);
  for await (const rows of pages) {
    for (const row of rows) if (file.add(columns.map(({ name }) => row[name] ?? null))) yield file.take();
  }
  yield file.end();
}
