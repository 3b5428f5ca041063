import type { ExportColumn, ExportRow } from './export-column.js';
import { ParquetFile } from './parquet-file.mjs';

/** Few enough that the end of a group takes this thread for some milliseconds only. */
const GROUP = { rows: 4_000, bytes: 1 << 20 };

/** Rows of any data set as a Parquet file, made in this thread, group by group. */
export async function* parquetBytes(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = new ParquetFile(columns, GROUP);
  for await (const rows of pages) {
    for (const row of rows) if (file.add(columns.map(({ name }) => row[name] ?? null))) yield await file.take();
  }
  yield await file.end();
}
