import { CsvError, parse, type Options } from 'csv-parse';
import { Readable } from 'node:stream';
import { delimiterOf, type Delimiter } from './delimiter.js';
import { decoded, FileRefused, type Encoding } from './text-decoding.js';

export interface CsvReading {
  readonly encoding: Encoding;
  /** absent: found out from the header */
  readonly delimiter?: Delimiter;
}

export interface CsvRow {
  /** from 1, without the header and without empty lines */
  readonly number: number;
  readonly cells: readonly string[];
}

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: AsyncIterable<CsvRow>;
}

export const LONGEST_CELL = 100_000;
/** Characters. A quote that is never closed must not read a file of gigabytes into memory. */
export const LONGEST_ROW = 4_000_000;
export const MOST_COLUMNS = 2_000;

/**
 * A CSV file (RFC 4180, any line ends) row by row, in bounded memory. Rows may be longer or shorter than the header:
 * what reads them says so in their verdict.
 *
 * @throws FileRefused, also while the rows are read: encoding, quotes, size, no header; names the line
 */
export async function readCsv(bytes: AsyncIterable<Uint8Array>, reading: CsvReading): Promise<CsvTable> {
  const text = decoded(bytes, reading.encoding);
  const beginning = await untilFirstLine(text);
  const delimiter = reading.delimiter ?? delimiterOf(beginning);
  const rows = parsedRows(resumed(beginning, text), delimiter);
  const first = await rows.next();
  if (first.done === true) throw new FileRefused('the file has no header line');
  const header = first.value.map((name) => name.trim());
  if (header.length > MOST_COLUMNS) throw new FileRefused(`the file has more than ${MOST_COLUMNS} columns`);
  return { header, rows: numbered(rows) };
}

async function untilFirstLine(text: AsyncGenerator<string, void>): Promise<string> {
  let beginning = '';
  while (!/[\r\n]/.test(beginning) && beginning.length < LONGEST_CELL) {
    const { done, value } = await text.next();
    if (done === true) break;
    beginning += value;
  }
  return beginning;
}

async function* resumed(beginning: string, rest: AsyncGenerator<string, void>): AsyncGenerator<string> {
  yield beginning;
  yield* rest;
}

async function* parsedRows(text: AsyncIterable<string>, delimiter: Delimiter): AsyncGenerator<readonly string[]> {
  let linesRead = 0;
  const options: Options = {
    delimiter,
    on_record: (record: string[], { lines }) => {
      linesRead = lines;
      return record;
    },
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  };
  const source = Readable.from(text);
  const parser = parse(options);
  // pipe() hands on no error: without this a bad byte would leave the parser waiting for ever.
  source.on('error', (fault: Error) => parser.destroy(fault));
  source.pipe(parser);
  try {
    for await (const record of parser) yield record as readonly string[];
  } catch (fault) {
    throw fault instanceof CsvError ? refusedFor(fault, linesRead + 1) : fault;
  } finally {
    source.destroy();
  }
}

/** The parser's own messages repeat what stands in the cell, which may be about a person. */
function refusedFor(fault: CsvError, begun: number): FileRefused {
  const { code } = fault;
  const lines: unknown = fault['lines'];
  const line = `line ${typeof lines === 'number' ? lines : begun}`;
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new FileRefused(`line ${begun}: a quote in this row is never closed`);
    case 'CSV_MAX_RECORD_SIZE':
      return new FileRefused(
        `line ${begun}: a row of more than ${LONGEST_ROW} characters, or a quote that is never closed`,
      );
    default:
      return new FileRefused(`${line}: a quote stands where none may (inside a cell it is doubled)`);
  }
}

async function* numbered(rows: AsyncIterable<readonly string[]>): AsyncGenerator<CsvRow> {
  let number = 0;
  for await (const cells of rows) {
    number += 1;
    yield { number, cells };
  }
}
