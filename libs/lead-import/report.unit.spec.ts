import fc from 'fast-check';
import { Readable } from 'node:stream';
import { readCsv } from './csv-rows.js';
import { importKey } from './import-key.js';
import { reportFormatOf, reportHeader, reportLine } from './report-line.js';
import { Tally, type Verdict } from './verdict.js';

const VERDICT: Verdict = { row: 3, externalId: '-7', outcome: 'refused', why: 'a "b", c', odd: ['x', 'y'] };

describe('the report', () => {
  it('is CSV that a spreadsheet takes for text', async () => {
    expect(reportFormatOf('r.CSV')).toBe('csv');
    const file = Readable.from([Buffer.from(reportHeader('csv') + reportLine(VERDICT, 'csv'))]);
    const { header, rows } = await readCsv(file, { encoding: 'utf-8' });
    expect(header).toEqual(['row', 'external_id', 'verdict', 'lead', 'why', 'odd']);
    for await (const { cells } of rows) expect(cells).toEqual(['3', "'-7", 'refused', '', 'a "b", c', 'x; y']);
  });

  it('is NDJSON otherwise', () => {
    expect(reportFormatOf('report.ndjson')).toBe('ndjson');
    expect(JSON.parse(reportLine(VERDICT, 'ndjson'))).toEqual({
      row: 3,
      externalId: '-7',
      verdict: 'refused',
      why: 'a "b", c',
      odd: ['x', 'y'],
    });
  });

  it('is summed up', () => {
    const tally = new Tally();
    tally.add(VERDICT);
    tally.add({ row: 4, outcome: 'created', odd: [] });
    expect(String(tally)).toBe('2 rows: 1 created, 1 refused; 1 odd');
  });
});

describe('the key of a step', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  it('fits the header, and differs where anything differs', () => {
    fc.assert(
      fc.property(text, text, text, text, (system, id, step, other) => {
        const key = importKey(system, id, step);
        expect(key).toMatch(/^[\x20-\x7e]{1,255}$/);
        expect(importKey(system, other, step) === key).toBe(id === other);
      }),
    );
    expect(importKey('a', 'b:c', 'd')).not.toBe(importKey('a:b', 'c', 'd'));
  });
});
