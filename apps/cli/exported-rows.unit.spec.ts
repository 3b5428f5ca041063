import fc from 'fast-check';
import { csvHeader, csvLine } from '../../libs/exports/csv-text.js';
import { ndjsonLine } from '../../libs/exports/ndjson-text.js';
import type { ExportColumn } from '../../libs/exports/export-column.js';
import { PassingRows } from './exported-rows.js';

const COLUMN: ExportColumn = { name: 'text', type: 'text', nullable: false, meaning: 'anything', source: 'anywhere' };
const cells = fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '=') }), { maxLength: 20 });
const FORMATS = {
  csv: (rows: readonly string[]) => csvHeader([COLUMN]) + rows.map((text) => csvLine([COLUMN], { text })).join(''),
  ndjson: (rows: readonly string[]) => rows.map((text) => ndjsonLine({ text })).join(''),
} as const;

it.each(['csv', 'ndjson'] as const)(
  'rows of %s are counted whatever stands in them and wherever it is cut',
  (format) => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 7 }), (rows, size) => {
        const passing = new PassingRows(format);
        const bytes = Buffer.from(FORMATS[format](rows));
        for (let at = 0; at < bytes.length; at += size) passing.add(bytes.subarray(at, at + size));
        expect(passing.count).toBe(rows.length);
      }),
    );
  },
);
