import { parsed, refused, type Parsed } from './parsed.js';
import { TILE_WIDTH } from './tile-path.js';

/** Most bytes of one entry: its length is written in 16 bits. */
export const MOST_ENTRY_BYTES = 65_535;

const LENGTH_BYTES = 2;

/**
 * Entries one after the other, each after its length (C2SP tlog-tiles).
 *
 * @throws RangeError for an entry over 65,535 bytes
 */
export function encodeEntries(entries: readonly Uint8Array[]): Buffer {
  const bundle = Buffer.allocUnsafe(entries.reduce((sum, entry) => sum + LENGTH_BYTES + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MOST_ENTRY_BYTES) throw new RangeError(`an entry has at most ${MOST_ENTRY_BYTES} bytes`);
    bundle.writeUInt16BE(entry.length, at);
    bundle.set(entry, at + LENGTH_BYTES);
    at += LENGTH_BYTES + entry.length;
  }
  return bundle;
}

/** Exactly so many entries and not a byte more. They are views of the bundle's bytes. */
export function parseEntries(bundle: Uint8Array, width: number): Parsed<readonly Uint8Array[]> {
  if (!(Number.isInteger(width) && width >= 0 && width <= TILE_WIDTH)) return refused('entries: the width is 0 to 256');
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < width) {
    const [high, low] = [bundle[at], bundle[at + 1]];
    if (high === undefined || low === undefined) return refused(`entries: ends before entry ${entries.length}`);
    const end = at + LENGTH_BYTES + (high * 256 + low);
    if (end > bundle.length) return refused(`entries: ends within entry ${entries.length}`);
    entries.push(bundle.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return at === bundle.length ? parsed(entries) : refused(`entries: has bytes after entry ${width - 1}`);
}
