import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ExportColumn } from './export-column.js';
import { PHYSICAL } from './parquet-column.mjs';
import type { MadeGroup } from './parquet-groups.mjs';

/** What a Parquet file has around its row groups; without its end it is none. */
export class ParquetFrame {
  private readonly writer = new ByteWriter();
  private readonly frame: ParquetWriter;

  constructor(columns: readonly ExportColumn[]) {
    const schema = [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)];
    this.frame = new ParquetWriter({ writer: this.writer, schema });
  }

  /** The first bytes of the file. */
  begin(): Uint8Array {
    return this.written();
  }

  /** The bytes of the next group, where the file is now. */
  place({ bytes, group }: MadeGroup): Uint8Array {
    const begin = BigInt(this.writer.offset);
    this.frame.row_groups.push({ ...group, columns: group.columns.map((chunk) => placed(chunk, begin)) });
    this.frame.num_rows += group.num_rows;
    this.writer.offset += bytes.length;
    return bytes;
  }

  /** The last bytes. */
  end(): Uint8Array {
    void this.frame.finish();
    return this.written();
  }

  private written(): Uint8Array {
    const bytes = new Uint8Array(this.writer.getBytes());
    this.writer.index = 0;
    return bytes;
  }
}

type ColumnChunk = MadeGroup['group']['columns'][number];

function placed({ meta_data: data, ...chunk }: ColumnChunk, begin: bigint): ColumnChunk {
  if (data === undefined) throw new Error('a column of a row group is not described');
  const { data_page_offset: page, dictionary_page_offset: dictionary } = data;
  return {
    ...chunk,
    file_offset: chunk.file_offset + begin,
    meta_data: {
      ...data,
      data_page_offset: page + begin,
      ...(dictionary !== undefined && { dictionary_page_offset: dictionary + begin }),
    },
  };
}

const schemaElement = ({ name, type, nullable }: ExportColumn) => ({
  name,
  repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
  ...PHYSICAL[type],
});
