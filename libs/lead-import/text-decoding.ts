export const ENCODINGS = ['utf-8', 'latin1', 'windows-1252', 'utf-16le'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The file as a whole cannot be read; the message names the line and what to do. */
export class FileRefused extends Error {
  override name = 'FileRefused';
}

const LINE_FEED = 0x0a;
const BOM_16LE = [0xff, 0xfe] as const;

/**
 * The text of a file, strictly: a byte that the encoding does not have ends it, instead of turning names into
 * question marks. A byte order mark is taken off.
 *
 * @throws FileRefused naming the line of the first bad byte
 */
export async function* decoded(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  // What the decoder still holds of a character that the chunk cut in two.
  let begun: Uint8Array = new Uint8Array();
  let line = 1;
  let first = true;
  for await (const chunk of bytes) {
    if (first && encoding !== 'utf-16le' && BOM_16LE.every((byte, index) => chunk[index] === byte)) {
      throw new FileRefused('the file is in UTF-16: give --encoding utf-16le');
    }
    first = false;
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      throw badByte(encoding, line + linesBeforeBadByte(begun, chunk, encoding));
    }
    if (text.includes('\0')) throw new FileRefused(`line ${line + lines(text.split('\0')[0] ?? '')} ${NUL}`);
    yield text;
    line += lines(text);
    begun = encoding === 'utf-8' ? unfinished(begun, chunk) : begun;
  }
  try {
    yield decoder.decode();
  } catch {
    throw badByte(encoding, line);
  }
}

const NUL = 'holds a NUL character: the file is not text, or is in UTF-16 (--encoding utf-16le)';

function badByte(encoding: Encoding, line: number): FileRefused {
  // Where characters have two bytes the line is not worth the search: the whole file is then in something else.
  const where = encoding === 'utf-8' ? `line ${line}` : 'the file';
  const others = ENCODINGS.filter((one) => one !== encoding).join('|');
  return new FileRefused(`${where} is not ${encoding.toUpperCase()}: say what it is with --encoding ${others}`);
}

const lines = (text: string): number => text.split('\n').length - 1;

/** The bytes of a character at the end of a chunk that is still to be finished; at most three in UTF-8. */
function unfinished(begun: Uint8Array, chunk: Uint8Array): Uint8Array {
  const tail = joined(begun, chunk).subarray(-3);
  for (let from = 0; from < tail.length; from += 1) {
    const rest = tail.subarray(from);
    if (isLead(rest[0]) && decodes(rest, true) && !decodes(rest, false)) return rest.slice();
  }
  return new Uint8Array();
}

const isLead = (byte: number | undefined): boolean => byte !== undefined && byte >= 0xc0;

function decodes(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

/** Line feeds before the first bad byte of a chunk, found by halving: only a longer beginning can be bad. */
function linesBeforeBadByte(begun: Uint8Array, chunk: Uint8Array, encoding: Encoding): number {
  if (encoding !== 'utf-8') return 0;
  const bytes = joined(begun, chunk);
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  return bytes.subarray(0, good).reduce((count, byte) => (byte === LINE_FEED ? count + 1 : count), 0);
}

function joined(one: Uint8Array, two: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + two.length);
  both.set(one);
  both.set(two, one.length);
  return both;
}
