import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { csvCell, csvHeader, csvLine } from './csv-text.js';
import type { ExportColumn } from './export-column.js';

const column = (name: string, type: ExportColumn['type'] = 'text'): ExportColumn => ({
  name,
  type,
  nullable: true,
  meaning: 'of the test',
  source: 'test',
});
const texts = [column('a'), column('b, "quoted"'), column('c')];
const read = async (csv: string) =>
  (await Readable.from([csv])
    .pipe(parse({ record_delimiter: '\r\n' }))
    .toArray()) as string[][];

const DANGEROUS = ['=', '+', '-', '@', '\t', '\r'];
/** Texts that often begin or hold what matters here. */
const tricky = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.tuple(fc.constantFrom(...DANGEROUS, "'", ' ', ''), fc.string()).map(([first, rest]) => first + rest),
  fc
    .array(fc.constantFrom('"', ',', '\r', '\n', '\r\n', '=', 'x', ''), { maxLength: 8 })
    .map((parts) => parts.join('')),
);

describe('CSV', () => {
  it('gives every text back, with a leading quote where a spreadsheet would run it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(tricky, tricky, tricky), { minLength: 1, maxLength: 5 }), async (lines) => {
        const csv = csvHeader(texts) + lines.map(([a, b, c]) => csvLine(texts, { a, 'b, "quoted"': b, c })).join('');
        const escaped = (text: string) => (DANGEROUS.some((first) => text.startsWith(first)) ? `'${text}` : text);
        expect(await read(csv)).toEqual([['a', 'b, "quoted"', 'c'], ...lines.map((line) => line.map(escaped))]);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['=1+1', '+49 30 1', '-cmd', '@SUM(A1)', '\tx', '\rx', '=HYPERLINK("http://x","y")'])(
    'never begins a text field with what runs: %j',
    (text) => {
      const field = csvCell(text, 'text').replace(/^"/, '');
      expect(field.startsWith(`'`)).toBe(true);
    },
  );

  it('leaves numbers, flags and times as they are', () => {
    expect(csvCell(-5, 'integer')).toBe('-5');
    expect(csvCell(false, 'flag')).toBe('false');
    expect(csvCell('2026-01-01T00:00:00.000Z', 'time')).toBe('2026-01-01T00:00:00.000Z');
  });

  it('keeps an empty text apart from nothing', () => {
    expect(csvLine(texts, { a: '', 'b, "quoted"': null, c: 'x' })).toBe('"",,x\r\n');
  });
});
