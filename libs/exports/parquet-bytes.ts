import { ByteWriter } from 'hyparquet-writer';
import type { Cell, ExportColumn, ExportRow } from './export-column.js';
import { encodeGroup, parquetFrame, type EncodedGroup } from './parquet-groups.mjs';

/** Few enough that a group takes the thread for some 20 ms only. */
const ROWS_PER_GROUP = 4_000;

/** The bytes of a Parquet file, group by group, so that memory does not grow with it; without its end it is no file. */
export async function* parquetBytes(
  columns: readonly ExportColumn[],
  groups: AsyncIterable<EncodedGroup>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new ByteWriter();
  const parquet = parquetFrame(writer, columns);
  const taken = (): Uint8Array => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  yield taken();
  for await (const { bytes, group, rows } of groups) {
    parquet.row_groups.push(movedBy(writer.offset, group));
    parquet.num_rows += BigInt(rows);
    writer.offset += bytes.length;
    yield bytes;
  }
  await parquet.finish();
  yield taken();
}

type RowGroup = EncodedGroup['group'];

/** Where it stands in the file: it was made as if it were alone. */
function movedBy(bytes: number, group: RowGroup): RowGroup {
  const moved = BigInt(bytes);
  const columns = group.columns.map((chunk) => {
    const { meta_data: of } = chunk;
    if (of === undefined) return chunk;
    const dictionary = of.dictionary_page_offset;
    return {
      ...chunk,
      file_offset: chunk.file_offset + moved,
      meta_data: {
        ...of,
        data_page_offset: of.data_page_offset + moved,
        ...(dictionary === undefined ? {} : { dictionary_page_offset: dictionary + moved }),
      },
    };
  });
  return { ...group, columns };
}

/** Rows of any data set as row groups, made in this thread. */
export async function* groupsOf(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<EncodedGroup, void, undefined> {
  let waiting: ExportRow[] = [];
  const group = (): EncodedGroup => {
    const cells = columns.map(({ name }): Cell[] => waiting.map((row) => row[name] ?? null));
    waiting = [];
    return encodeGroup(columns, cells);
  };
  for await (const rows of pages) {
    waiting.push(...rows);
    if (waiting.length >= ROWS_PER_GROUP) yield group();
  }
  if (waiting.length > 0) yield group();
}
