import {
  formatCheckpoint,
  parseCheckpoint,
  parseCheckpointNote,
  signCheckpoint,
  verifyLogSignature,
} from './checkpoint.js';
import { describeGolden, golden } from './golden.spec-kit.js';
import { leafHash } from './merkle-hash.js';
import { SIGNATURE_TYPE } from './note-key.js';
import { noteSigner } from './note-signer.js';

describeGolden('golden checkpoint texts', () => {
  const { checkpointBody } = golden<{
    checkpointBody: { goSumdb: { treeSize: string; leafUtf8: string; rootB64: string }; reject: readonly string[] };
  }>('signed-note/notes.json');

  it('are read', () => {
    const { treeSize, leafUtf8, rootB64 } = checkpointBody.goSumdb;
    const root = leafHash(Buffer.from(leafUtf8));
    expect(root.toString('base64')).toBe(rootB64);
    const text = `go.sum database tree\n${treeSize}\n${rootB64}\n`;
    expect(parseCheckpoint(text)).toEqual({
      ok: true,
      value: { origin: 'go.sum database tree', size: Number(treeSize), root, extensions: [] },
    });
  });

  it('are refused', () => {
    expect(checkpointBody.reject).toHaveLength(5);
    for (const text of checkpointBody.reject) expect([text, parseCheckpoint(text).ok]).toEqual([text, false]);
  });
});

const ROOT = leafHash(Buffer.from('a'));
const b64 = ROOT.toString('base64');

describe('a checkpoint', () => {
  it('comes back as it was written, with its extension lines', () => {
    for (const extensions of [[], ['one', 'two words']]) {
      const checkpoint = { origin: 'example.com/log', size: 0, root: ROOT, extensions };
      expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual({ ok: true, value: checkpoint });
    }
  });

  it.each([
    [`log\n+1\n${b64}\n`],
    [`log\n 1\n${b64}\n`],
    [`log\n1e3\n${b64}\n`],
    [`log\n00\n${b64}\n`],
    [`log\n9007199254740992\n${b64}\n`],
    [`log\n1\n${b64.slice(0, -1)}\n`],
    [`log\n1\n${b64}`],
    [`log\n1\n${b64} \n`],
    [`log\n1\n${b64}\n\n`],
    [`log\n1\n${b64}\n\nextension\n`],
    [`log\n\n1\n${b64}\n`],
    ['log\n1\n'],
    [''],
  ])('is not read from %j', (text) => {
    expect(parseCheckpoint(text).ok).toBe(false);
  });

  it('is signed under its origin, by two keys while one takes over', () => {
    const [first, second] = [1, 2].map((fill) =>
      noteSigner('example.com/log', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, fill)),
    ) as [ReturnType<typeof noteSigner>, ReturnType<typeof noteSigner>];
    const text = signCheckpoint({ origin: 'example.com/log', size: 1, root: ROOT, extensions: [] }, [first, second]);
    const note = parseCheckpointNote(text);
    if (!note.ok) throw new Error(note.problem);
    for (const keys of [[first.key], [second.key], [first.key, second.key]])
      expect(verifyLogSignature(note.value, keys)).toMatchObject({ ok: true });
    const elsewhere = noteSigner('example.com/other', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 1));
    expect(verifyLogSignature(note.value, [elsewhere.key])).toMatchObject({ ok: false });
  });

  it('signed by a key of another name than its origin is not the log’s', () => {
    const elsewhere = noteSigner('example.com/other', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 1));
    const text = signCheckpoint({ origin: 'example.com/log', size: 1, root: ROOT, extensions: [] }, [elsewhere]);
    const note = parseCheckpointNote(text);
    expect(note.ok && verifyLogSignature(note.value, [elsewhere.key]).ok).toBe(false);
  });
});
