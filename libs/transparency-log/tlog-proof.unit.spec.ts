import { signCheckpoint } from './checkpoint.js';
import { leafHash } from './merkle-hash.js';
import { formatVkey, SIGNATURE_TYPE } from './note-key.js';
import { noteSigner } from './note-signer.js';
import { parsePolicy } from './policy-file.js';
import { proveInclusion } from './tile-hashes.js';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.js';
import { grownTree, leafData } from './tree.spec-kit.js';

const SIZE = 700;
const INDEX = 300;
const log = noteSigner('example.com/log', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 1));
const { tree, tiles } = grownTree(SIZE);
const checkpoint = signCheckpoint({ origin: 'example.com/log', size: SIZE, root: tree.root(), extensions: [] }, [log]);
const parsedPolicy = parsePolicy(Buffer.from(`log ${formatVkey(log.key)}\nquorum none\n`));
if (!parsedPolicy.ok) throw new Error(parsedPolicy.problem);
const policy = parsedPolicy.value;
const proof = {
  extra: leafData(INDEX),
  index: INDEX,
  proof: await proveInclusion(tiles.read, INDEX, SIZE),
  checkpoint,
};
const text = formatTlogProof(proof);

describe('a proof of logging', () => {
  it('comes back as it was written, and holds', () => {
    const read = parseTlogProof(text);
    expect(read).toEqual({ ok: true, value: proof });
    expect(verifyTlogProof(proof, leafHash(leafData(INDEX)), policy)).toMatchObject({
      ok: true,
      value: { quorum: 'unwitnessed' },
    });
  });

  it('may come without extra data, and without hashes for a tree of one', () => {
    const one = grownTree(1);
    const single = signCheckpoint({ origin: 'example.com/log', size: 1, root: one.tree.root(), extensions: [] }, [log]);
    const alone = { index: 0, proof: [], checkpoint: single };
    expect(formatTlogProof(alone)).toBe(`c2sp.org/tlog-proof@v1\nindex 0\n\n${single}`);
    expect(parseTlogProof(formatTlogProof(alone))).toEqual({ ok: true, value: alone });
    expect(verifyTlogProof(alone, leafHash(leafData(0)), policy).ok).toBe(true);
  });

  it('of another leaf, another place or a place beyond the tree does not hold', () => {
    expect(verifyTlogProof(proof, leafHash(leafData(INDEX + 1)), policy)).toMatchObject({
      problem: "proof: leaf 300 is not in the checkpoint's tree",
    });
    expect(verifyTlogProof({ ...proof, index: INDEX + 1 }, leafHash(leafData(INDEX)), policy).ok).toBe(false);
    expect(verifyTlogProof({ ...proof, index: SIZE }, leafHash(leafData(INDEX)), policy)).toMatchObject({
      problem: 'proof: a tree of 700 has no leaf 700',
    });
    expect(verifyTlogProof({ ...proof, proof: proof.proof.slice(1) }, leafHash(leafData(INDEX)), policy).ok).toBe(
      false,
    );
  });

  it('does not hold with any one character of its text changed, but for the leaf it carries', () => {
    const from = text.indexOf('\nindex');
    for (let at = from; at < text.length; at += 1) {
      const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      const read = parseTlogProof(changed);
      expect([at, read.ok && verifyTlogProof(read.value, leafHash(leafData(INDEX)), policy).ok]).toEqual([at, false]);
    }
  });

  it.each([
    ['another first line', text.replace('@v1', '@v2')],
    ['no index', text.replace(/index .*\n/, '')],
    ['a padded index', text.replace('index ', 'index 0')],
    ['extra data after the index', `c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\n${checkpoint}`],
    ['extra data that is no base64', text.replace(/extra .*/, 'extra !')],
    ['extra data twice', text.replace(/(extra .*\n)/, '$1$1')],
    ['a hash of another length', text.replace('\n\n', '\nAAAA\n\n')],
    ['too many hashes', text.replace('\n\n', `\n${'A'.repeat(43)}=`.repeat(64) + '\n\n')],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n') + 2)],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['nothing', ''],
  ])('is not read with %s', (_, wrong) => {
    expect(parseTlogProof(wrong).ok).toBe(false);
  });
});
