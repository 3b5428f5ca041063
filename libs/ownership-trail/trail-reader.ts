import { parseEntries } from '../transparency-log/entry-bundle.js';
import { HASH_BYTES } from '../transparency-log/merkle-hash.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import type { TileReader } from '../transparency-log/tile-hashes.js';
import { TILE_WIDTH, tilePath } from '../transparency-log/tile-path.js';

/** Reads a log laid out as C2SP tlog-tiles serves it, wherever its files lie. Nothing that it gives is trusted. */
export abstract class TrailReader {
  /** undefined where there is none @throws what the place where the files lie throws */
  abstract read(path: string): Promise<Buffer | undefined>;

  /** A tile; where only the full one is left, its beginning. One that is not there reads as none. */
  readonly readTile: TileReader = async (tile) => {
    const bytes = await this.read(tilePath(tile));
    if (bytes !== undefined || tile.width === TILE_WIDTH) return bytes ?? Buffer.alloc(0);
    const full = await this.read(tilePath({ ...tile, width: TILE_WIDTH }));
    return full?.subarray(0, tile.width * HASH_BYTES) ?? Buffer.alloc(0);
  };

  /** The first entries of a bundle, from the one of this width or the full one that took its place. */
  async entries(index: number, width: number): Promise<Parsed<readonly Uint8Array[]>> {
    const path = tilePath({ level: 'entries', index, width });
    const bundle = await this.read(path);
    if (bundle !== undefined) return named(path, parseEntries(bundle, width));
    const full = await this.read(tilePath({ level: 'entries', index, width: TILE_WIDTH }));
    if (full === undefined) return refused(`${path} is missing`);
    const entries = parseEntries(full, TILE_WIDTH);
    return entries.ok ? parsed(entries.value.slice(0, width)) : named(path, entries);
  }
}

const named = <T>(path: string, read: Parsed<T>): Parsed<T> => (read.ok ? read : refused(`${path}: ${read.problem}`));
