import { GrowingTree } from './growing-tree.js';
import { describeGolden, golden } from './golden.spec-kit.js';
import { EMPTY_ROOT, leafHash, nodeHash } from './merkle-hash.js';
import { verifyInclusion } from './merkle-proof.js';
import { proveInclusion, rootFromTiles, TileFault } from './tile-hashes.js';
import { TILE_WIDTH, tilePath } from './tile-path.js';
import { allTiles, hashesAtLevel, rightEdge, tileWidth } from './tile-shape.js';
import { grownTree, leafHashes, ReferenceTree } from './tree.spec-kit.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describeGolden('golden trees', () => {
  const {
    hasher,
    leafInputsHex,
    leafHashes: expected,
    rootHashesBySize,
  } = golden<{
    hasher: readonly Record<string, string>[];
    leafInputsHex: readonly string[];
    leafHashes: readonly string[];
    rootHashesBySize: readonly string[];
  }>('rfc6962-merkle/tree.json');

  it('hash leaves and nodes as RFC 6962 says', () => {
    const computed = hasher.map(({ kind, dataHex, dataUtf8 = '', leftUtf8 = '', rightUtf8 = '' }) => {
      if (kind === 'emptyRoot') return EMPTY_ROOT;
      const data = dataHex === undefined ? Buffer.from(dataUtf8) : Buffer.from(dataHex, 'hex');
      if (kind === 'leaf') return leafHash(data);
      // A node of the vectors has short children; ours takes hashes only, so its prefix is checked on the leaf's twin.
      expect(() => nodeHash(Buffer.from(leftUtf8), Buffer.from(rightUtf8))).toThrow(RangeError);
      return undefined;
    });
    for (const [at, hash] of computed.entries()) if (hash) expect(hex(hash)).toBe(hasher[at]!.want);
  });

  it('have the roots of all nine sizes', () => {
    const tree = new GrowingTree();
    const roots = [hex(tree.root())];
    for (const [at, input] of leafInputsHex.entries()) {
      const hash = leafHash(Buffer.from(input, 'hex'));
      expect(hex(hash)).toBe(expected[at]);
      tree.append(hash);
      roots.push(hex(tree.root()));
    }
    expect(roots).toEqual(rootHashesBySize);
  });
});

describe('a growing tree', () => {
  it('has the root of RFC 6962 at every size, and so have its tiles', async () => {
    const leaves = leafHashes(600);
    const reference = new ReferenceTree(leaves);
    const { tiles } = grownTree(600, () => true);
    const tree = new GrowingTree();
    expect(hex(tree.root())).toBe(hex(EMPTY_ROOT));
    for (const hash of leaves) {
      tree.append(hash);
      expect(hex(tree.root())).toBe(hex(reference.root(0, tree.size)));
      expect(hex(await rootFromTiles(tiles.read, tree.size))).toBe(hex(tree.root()));
    }
  });

  // 65,536 and one more: the first tile of level 2 appears.
  it.each([0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])(
    'goes on from the tiles of %i leaves as if it had never stopped',
    (size) => {
      const { tree, tiles } = grownTree(size);
      const edge = rightEdge(size).map((tile) => tiles.files.get(tilePath(tile))!);
      const resumed = GrowingTree.resume(size, edge);
      expect(hex(resumed.root())).toBe(hex(tree.root()));
      for (const hash of leafHashes(600)) for (const one of [tree, resumed]) one.append(hash);
      expect(hex(resumed.root())).toBe(hex(tree.root()));
      expect(resumed.takeTiles()).toEqual(tree.takeTiles());
    },
  );

  it('does not go on from tiles that are missing or cut short', () => {
    const { tiles } = grownTree(300);
    const edge = rightEdge(300).map((tile) => tiles.files.get(tilePath(tile))!);
    expect(() => GrowingTree.resume(300, edge.slice(1))).toThrow(RangeError);
    expect(() => GrowingTree.resume(300, [edge[0]!.subarray(1), edge[1]!])).toThrow(RangeError);
  });

  it('writes each full tile once, and at each checkpoint the partial ones that grew', () => {
    const tree = new GrowingTree();
    const paths: string[][] = [];
    for (const hash of leafHashes(513)) {
      tree.append(hash);
      if ([1, 256, 513].includes(tree.size)) paths.push(tree.takeTiles().map(tilePath));
    }
    expect(paths).toEqual([
      ['tile/0/000.p/1'],
      ['tile/0/000', 'tile/1/000.p/1'],
      ['tile/0/001', 'tile/0/002.p/1', 'tile/1/000.p/2'],
    ]);
    expect(tree.takeTiles()).toEqual([]);
  });

  it('takes no leaf hash of another length', () => {
    const tree = new GrowingTree();
    expect(() => tree.append(Buffer.alloc(31))).toThrow(RangeError);
  });
});

describe('tiles of a large tree', () => {
  const SIZE = 70_000;
  const { tree, tiles } = grownTree(SIZE);

  it('prove a leaf with few reads', async () => {
    const leaves = leafHashes(SIZE);
    for (const index of [0, 1, 255, 256, 65_535, 65_536, 69_888, SIZE - 1]) {
      tiles.reads = 0;
      const proof = await proveInclusion(tiles.read, index, SIZE);
      expect(tiles.reads).toBeLessThanOrEqual(6);
      expect(verifyInclusion({ leafHash: leaves[index]!, index, size: SIZE, root: tree.root(), proof })).toBe(true);
    }
  });

  it('that have another length than their place asks for are faults that name the tile', async () => {
    const short = (tile: Parameters<typeof tiles.read>[0]) =>
      tiles.read(tile).then((bytes) => (tile.level === 0 ? bytes.subarray(32) : bytes));
    await expect(proveInclusion(short, 3, SIZE)).rejects.toThrow(new TileFault('tile/0/000'));
  });
});

describe('the shape of a tree in tiles', () => {
  describeGolden('golden shapes', () => {
    const { shape = [] } = golden<{ shape: readonly Record<string, number>[] }>('tlog-tiles/paths.json');
    it.each([...shape])('%p', ({ treeSize = 0, ...levels }) => {
      const counted: Record<string, number> = {};
      for (const name of Object.keys(levels)) {
        const level = Number(/\d/.exec(name)?.[0]);
        const all = [...allTiles(treeSize)].filter((tile) => tile.level === level);
        counted[name] = name.endsWith('Full')
          ? all.filter(({ width }) => width === TILE_WIDTH).length
          : (all.find(({ width }) => width < TILE_WIDTH)?.width ?? 0);
      }
      expect(counted).toEqual(levels);
    });
  });

  it('is counted per level', () => {
    expect([0, 1, 2, 3].map((level) => hashesAtLevel(70_000, level))).toEqual([70_000, 273, 1, 0]);
    expect([272, 273, 274].map((index) => tileWidth(70_000, 0, index))).toEqual([256, 112, 0]);
    expect(rightEdge(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
  });
});
