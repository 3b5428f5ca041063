import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';

/** `PAR1`, before the first page. */
const MAGIC_BYTES = 4;
/** No header is as long: what is, is none. */
const LONGEST_HEADER = 64 * 1024;

interface PageHeader {
  readonly bytes: number;
  readonly pageBytes: number;
  readonly values: number;
}

/**
 * Counts rows of Parquet while its bytes go by, from the headers of its pages: each says how many values of one column are
 * in it. Exact after each group of rows; within one, what its values so far come to.
 */
export class PassingParquet {
  #toSkip = MAGIC_BYTES;
  #header = Buffer.alloc(0);
  #values = 0;
  #ended = false;

  constructor(private readonly columns: number) {}

  add(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0 && !this.#ended) {
      const skipped = Math.min(this.#toSkip, rest.length);
      this.#toSkip -= skipped;
      rest = rest.subarray(skipped);
      if (rest.length > 0) rest = this.#read(rest);
    }
  }

  get count(): number {
    return Math.floor(this.#values / this.columns);
  }

  /** Takes the header that begins here, or keeps what there is of it; what follows it. */
  #read(bytes: Uint8Array): Uint8Array {
    const before = this.#header.length;
    this.#header = Buffer.concat([this.#header, bytes.subarray(0, LONGEST_HEADER)]);
    const header = headerOf(this.#header);
    if (header === 'cut off' && this.#header.length < LONGEST_HEADER) return bytes.subarray(bytes.length);
    // The file's own description follows the last page; a header that cannot be read is not for this count to judge.
    this.#ended = typeof header === 'string';
    this.#header = Buffer.alloc(0);
    if (typeof header === 'string') return bytes;
    this.#values += header.values;
    this.#toSkip = header.pageBytes;
    return bytes.subarray(header.bytes - before);
  }
}

/** A page's header in Thrift's compact form. */
function headerOf(bytes: Buffer): PageHeader | 'cut off' | 'no page' {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = deserializeTCompactProtocol(reader);
  } catch {
    return 'cut off';
  }
  const { field_3: pageBytes, field_5: data, field_8: dataV2 } = fields;
  if (typeof pageBytes !== 'number') return 'no page';
  const values = ((data ?? dataV2) as { readonly field_1?: unknown } | undefined)?.field_1;
  return { bytes: reader.offset, pageBytes, values: typeof values === 'number' ? values : 0 };
}
