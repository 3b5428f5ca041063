import { parsed, refused, type Parsed } from './parsed.js';

/** Hashes of a full tile, entries of a full bundle. */
export const TILE_WIDTH = 256;
/** Levels of the binary tree that one level of tiles spans. */
export const TILE_HEIGHT = 8;
const MOST_LEVEL = 63;
/** Groups of three digits: as many as an index of 18 digits has. */
const MOST_GROUPS = 6;

/** Which tile: of hashes at a level, or the bundle of entries that belongs to the tile of level 0. */
export interface TileName {
  readonly level: number | 'entries';
  /** from 0, within the level; a bigint, since paths can name more than any tree here has */
  readonly index: bigint;
  /** 1 to 255 for a partial one, 256 for a full one */
  readonly width: number;
}

/**
 * `tile/<L>/<N>[.p/<W>]` of C2SP tlog-tiles.
 *
 * @throws RangeError for a level, index or width that there is not
 */
export function tilePath({
  level,
  index,
  width,
}: {
  level: TileName['level'];
  index: number | bigint;
  width: number;
}): string {
  if (level !== 'entries' && !(Number.isInteger(level) && level >= 0 && level <= MOST_LEVEL))
    throw new RangeError(`a tile's level is 0 to ${MOST_LEVEL}`);
  if (!(Number.isInteger(width) && width >= 1 && width <= TILE_WIDTH))
    throw new RangeError('a tile has 1 to 256 hashes');
  return `tile/${level}/${indexPath(BigInt(index))}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

function indexPath(index: bigint): string {
  const digits = index.toString();
  if (index < 0n || digits.length > 3 * MOST_GROUPS) throw new RangeError('a tile index is 0 or greater');
  const groups = digits.padStart(3 * Math.ceil(digits.length / 3), '0').match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** A path as a client asks for it. Every tile has one spelling: an index with a group too many is refused. */
export function parseTilePath(path: string): Parsed<TileName> {
  const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (match === null) return refused('tile path: is tile/<level>/<index in groups of three>[.p/<width>]');
  const [, levelText = '', indexText = '', widthText] = match;
  const level = levelText === 'entries' ? levelText : Number(levelText);
  if (level !== 'entries' && level > MOST_LEVEL) return refused(`tile path: the level is 0 to ${MOST_LEVEL}`);
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
  if (widthText !== undefined && width >= TILE_WIDTH) return refused('tile path: a partial width is 1 to 255');
  if (indexText.startsWith('x000')) return refused('tile path: the index has a group of zeros before it');
  return parsed({ level, index: BigInt(indexText.replaceAll(/[x/]/g, '')), width });
}
