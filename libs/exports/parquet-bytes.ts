import type { ExportColumn, ExportRow } from './export-column.js';
import { ParquetFrame } from './parquet-frame.js';
import { ParquetGroups } from './parquet-groups.mjs';

/** Few enough that the end of a group takes this thread for some milliseconds only. */
const GROUP = { rows: 4_000, bytes: 1 << 20 };

/** Rows of any data set as a Parquet file, made in this thread, group by group. */
export async function* parquetBytes(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const frame = new ParquetFrame(columns);
  const groups = new ParquetGroups(columns, GROUP);
  yield frame.begin();
  for await (const rows of pages) {
    for (const row of rows)
      if (groups.add(columns.map(({ name }) => row[name] ?? null))) yield frame.place(await groups.end());
  }
  if (!groups.isEmpty) yield frame.place(await groups.end());
  yield frame.end();
}
