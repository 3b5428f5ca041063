import { open } from 'node:fs/promises';
import type { FileFormat } from '../../libs/exports/export-formats.js';

const LINE_FEED = 0x0a;
const QUOTE = 0x22;

/**
 * Counts rows of text while their bytes go by: each ends with a line feed that is not inside quotes. In NDJSON a line
 * feed inside a text is written as two other characters; the header of CSV is no row.
 */
export class PassingRows {
  #lines = 0;
  #quoted = false;

  constructor(private readonly format: Exclude<FileFormat, 'parquet'>) {}

  add(bytes: Uint8Array): void {
    const quotes = this.format === 'csv';
    for (const byte of bytes) {
      if (quotes && byte === QUOTE) this.#quoted = !this.#quoted;
      else if (byte === LINE_FEED && !this.#quoted) this.#lines += 1;
    }
  }

  get count(): number {
    return this.format === 'csv' ? Math.max(0, this.#lines - 1) : this.#lines;
  }
}

/** The rows of a whole Parquet file, as its end says. */
export async function rowsOfParquet(path: string): Promise<number> {
  // Only here: most commands write no Parquet.
  const { parquetMetadataAsync } = await import('hyparquet');
  const file = await open(path);
  try {
    const { size: byteLength } = await file.stat();
    const slice = async (start: number, end = byteLength): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(end - start);
      await file.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    };
    return Number((await parquetMetadataAsync({ byteLength, slice })).num_rows);
  } finally {
    await file.close();
  }
}
