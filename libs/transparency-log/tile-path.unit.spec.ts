import { describeGolden, golden } from './golden.spec-kit.js';
import { parseTilePath, TILE_WIDTH, tilePath } from './tile-path.js';
import { tileWidth } from './tile-shape.js';

interface Paths {
  readonly tilePath: readonly { level: number; index: number; partial: number; path: string }[];
  readonly entriesPathForLogIndex: readonly { index: number; logSize: number; path: string }[];
  readonly parse: {
    readonly ok: readonly { level: string; index: string; wantLevel: number; wantIndex: string; wantPartial: number }[];
    readonly error: readonly { level: string; index: string }[];
  };
}

describeGolden('golden tile paths', () => {
  const {
    tilePath: written = [],
    entriesPathForLogIndex: entries = [],
    parse,
  } = golden<Paths>('tlog-tiles/paths.json');

  it.each([...written])('%j', ({ level, index, partial, path }) => {
    const width = partial === 0 ? TILE_WIDTH : partial;
    expect(tilePath({ level, index, width })).toBe(path);
    expect(parseTilePath(path)).toEqual({ ok: true, value: { level, index: BigInt(index), width } });
  });

  it.each([...entries])('of entries: %j', ({ index, logSize, path }) => {
    const bundle = Math.floor(index / TILE_WIDTH);
    expect(tilePath({ level: 'entries', index: bundle, width: tileWidth(logSize, 0, bundle) })).toBe(path);
    expect(parseTilePath(path)).toMatchObject({ ok: true, value: { level: 'entries' } });
  });

  it('are read', () => {
    for (const { level, index, wantLevel, wantIndex, wantPartial } of parse.ok) {
      const width = wantPartial === 0 ? TILE_WIDTH : wantPartial;
      const value = { level: wantLevel, index: BigInt(wantIndex), width };
      expect(parseTilePath(`tile/${level}/${index}`)).toEqual({ ok: true, value });
      expect(tilePath(value)).toBe(`tile/${level}/${index}`);
    }
  });

  it('are refused', () => {
    expect(parse.error).toHaveLength(15);
    for (const { level, index } of parse.error)
      expect([level, index, parseTilePath(`tile/${level}/${index}`).ok]).toEqual([level, index, false]);
  });
});

describe('a tile path', () => {
  it.each([
    'tile/0/../../../key',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/00/000',
    'tile/0/x000/001',
    'tile/0/000\n',
    '/tile/0/000',
    'tile/0/0000',
    'tile/data/000',
  ])('is not %j', (path) => {
    expect(parseTilePath(path).ok).toBe(false);
  });

  it('is not written for what is no tile', () => {
    for (const wrong of [
      { level: 64 },
      { level: -1 },
      { index: -1 },
      { index: 10n ** 18n },
      { width: 0 },
      { width: 257 },
    ])
      expect(() => tilePath({ level: 0, index: 0, width: 1, ...wrong })).toThrow(RangeError);
  });
});
