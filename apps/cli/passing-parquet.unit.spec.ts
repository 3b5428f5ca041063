import { parquetBytes } from '../../libs/exports/parquet-bytes.js';
import type { ExportColumn } from '../../libs/exports/export-column.js';
import { PassingParquet } from './passing-parquet.js';

const COLUMNS: readonly ExportColumn[] = (['text', 'integer', 'flag'] as const).map((type) => {
  return { name: `a_${type}`, type, nullable: type === 'text', meaning: '', source: '' };
});
const ROWS = 25_000;

async function fileOf(rows: number): Promise<Buffer> {
  const row = (n: number) => ({ a_text: n % 3 === 0 ? null : `row ${n % 50}`, a_integer: n, a_flag: n % 2 === 0 });
  const chunks: Uint8Array[] = [];
  async function* all() {
    for (let n = 0; n < rows; n += 1) yield [row(n)];
  }
  for await (const bytes of parquetBytes(COLUMNS, all())) chunks.push(bytes);
  return Buffer.concat(chunks);
}

describe('Rows of Parquet', () => {
  it.each([1, 7, 4_096, 1_000_000])('are counted as they go by, cut into %i bytes', async (size) => {
    const file = await fileOf(size === 1 ? 100 : ROWS);
    const passing = new PassingParquet(COLUMNS.length);
    const seen: number[] = [];
    for (let at = 0; at < file.length; at += size) {
      passing.add(file.subarray(at, at + size));
      seen.push(passing.count);
    }
    expect(seen.at(-1)).toBe(size === 1 ? 100 : ROWS);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    if (size === 4_096) expect(seen.filter((count) => count > 0 && count < ROWS).length).toBeGreaterThan(1);
  });

  it('are none of what is no Parquet', () => {
    const passing = new PassingParquet(3);
    for (let n = 0; n < 100; n += 1) passing.add(Buffer.alloc(1_000, 0xff));
    expect(passing.count).toBe(0);
  });
});
