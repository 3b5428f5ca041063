/** Sealed texts come in steps of this many bytes, so that their length says little about a name. */
export const STEP = 64;
const LENGTH_BYTES = 4;

const paddedLength = (textBytes: number): number => Math.ceil((LENGTH_BYTES + textBytes) / STEP) * STEP;

/** 4 bytes of big-endian length, the text in UTF-8, zeros up to the next step. */
export function pad(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const padded = Buffer.alloc(paddedLength(bytes));
  padded.writeUInt32BE(bytes);
  padded.write(text, LENGTH_BYTES);
  return padded;
}

/** The text, or undefined where the bytes are not exactly what `pad` makes: there is one padding for each text. */
export function unpad(padded: Buffer): string | undefined {
  if (padded.length < STEP) return undefined;
  const end = LENGTH_BYTES + padded.readUInt32BE();
  if (padded.length !== paddedLength(end - LENGTH_BYTES)) return undefined;
  if (padded.subarray(end).some((byte) => byte !== 0)) return undefined;
  return padded.toString('utf8', LENGTH_BYTES, end);
}
