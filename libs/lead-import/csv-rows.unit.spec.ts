import { LONGEST_CELL, LONGEST_ROW, readCsv, type CsvReading } from './csv-rows.js';

const UTF8: CsvReading = { encoding: 'utf-8' };

/** In pieces of a few bytes, so that characters and quotes are cut in two. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(content: string | Uint8Array, reading = UTF8, size = 7) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { header, rows } = await readCsv(inPieces(bytes, size), reading);
  const found: (readonly string[])[] = [];
  for await (const { cells } of rows) found.push(cells);
  return { header, rows: found };
}

describe('a CSV file', () => {
  it.each([
    ['comma', 'id,name\r\n1,"Doe, J"\r\n', ['1', 'Doe, J']],
    ['semicolon', 'id;name\n1;a,b\n', ['1', 'a,b']],
    ['tab', 'id\tname\n1\ta;b\n', ['1', 'a;b']],
    ['a byte order mark', '\ufeffid,name\n1,x\n', ['1', 'x']],
    ['doubled quotes and a line end in a cell', 'id,name\n1,"a ""b""\nc"\n', ['1', 'a "b"\nc']],
    ['no line end at the end', 'id,name\n1,Zoë', ['1', 'Zoë']],
    ['empty lines', 'id,name\n\n1,x\n\n', ['1', 'x']],
  ])('with %s', async (_, content, row) => {
    expect(await read(content)).toEqual({ header: ['id', 'name'], rows: [row] });
  });

  it('takes the delimiter that it is given', async () => {
    expect((await read('a,b;c\n1,2;3\n', { encoding: 'utf-8', delimiter: ';' })).rows).toEqual([['1,2', '3']]);
  });

  it('reads other encodings when told', async () => {
    const latin1 = Uint8Array.from(Buffer.from('id,name\n1,Zoë\n', 'latin1'));
    const utf16 = Uint8Array.from(Buffer.from('\ufeffid,name\n1,Zoë\n', 'utf16le'));
    expect((await read(latin1, { encoding: 'windows-1252' })).rows).toEqual([['1', 'Zoë']]);
    expect((await read(utf16, { encoding: 'utf-16le' })).rows).toEqual([['1', 'Zoë']]);
  });

  it.each([
    ['a foreign byte', Buffer.from('id,name\n1,ok\n2,Zo\xeb\n', 'latin1'), /^line 3 is not UTF-8.*--encoding latin1/],
    [
      'UTF-16',
      Buffer.from('\ufeffid,name\n1,x\n', 'utf16le'),
      /line 1 is not UTF-8.*utf-16le|in UTF-16: give --encoding utf-16le/,
    ],
    ['UTF-16 without a mark', Buffer.from('id,name\n1,x\n', 'utf16le'), /line 1 holds a NUL/],
    ['a character cut off', Buffer.from('id,name\n1,Zo\xc3', 'latin1'), /^line 2 is not UTF-8/],
    ['a quote that is never closed', Buffer.from('id,name\n1,x\n2,"y\n3,z\n'), /^line 3: .*never closed/],
    ['a quote inside a cell', Buffer.from('id,name\n1,x\n2,y"z\n'), /^line 3: a quote stands where none may/],
    ['text after a closing quote', Buffer.from('id,name\n1,"x"y\n'), /^line 2: a quote stands where none may/],
    ['nothing at all', Buffer.from(''), /no header line/],
  ])('is refused with %s, naming the line', async (_, content, message) => {
    for (const size of [1, 5, 4096]) await expect(read(content, UTF8, size)).rejects.toThrow(message);
  });

  it('does not tell in its message what stands in the cell', async () => {
    const fault = await read('id,name\n1,"Ada" Secretive\n').catch((thrown: unknown) => String(thrown));
    expect(fault).toMatch(/^FileRefused: line 2/);
    expect(fault).not.toContain('Secretive');
  });

  it('reads a cell of a million characters, for its row to be refused', async () => {
    const long = 'x'.repeat(10 * LONGEST_CELL);
    expect((await read(`id,name\n1,${long}\n2,y\n`, UTF8, 65_536)).rows).toEqual([
      ['1', long],
      ['2', 'y'],
    ]);
  });

  it('does not read a whole file into one row', async () => {
    const endless = `id,name\n1,"${'x'.repeat(LONGEST_ROW + 10)}`;
    await expect(read(endless, UTF8, 65_536)).rejects.toThrow(/line 2: a row of more than/);
  });
});
