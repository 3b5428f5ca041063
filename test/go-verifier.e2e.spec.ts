import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leadBundle } from '../libs/ownership-trail/lead-bundle.js';
import {
  LOG,
  recorded,
  stewardChange,
  WITNESSES,
  WitnessedLog,
} from '../libs/ownership-trail/witnessed-log.spec-kit.js';
import { signCheckpoint } from '../libs/transparency-log/checkpoint.js';
import { cosign } from '../libs/transparency-log/cosignature.js';
import { encodeEntries } from '../libs/transparency-log/entry-bundle.js';
import { leafHash } from '../libs/transparency-log/merkle-hash.js';
import { formatVkey, SIGNATURE_TYPE } from '../libs/transparency-log/note-key.js';
import { formatSignatureLine } from '../libs/transparency-log/note-signature.js';
import { noteSigner } from '../libs/transparency-log/note-signer.js';
import { TileHashes } from '../libs/transparency-log/tile-hashes.js';
import { TILE_WIDTH, tilePath } from '../libs/transparency-log/tile-path.js';
import { tileWidth } from '../libs/transparency-log/tile-shape.js';
import { grownTree, leafData, leafHashes, ReferenceTree } from '../libs/transparency-log/tree.spec-kit.js';

/*
 * What this project writes, checked by what it did not write: Go's own packages for checksum databases, and its
 * crypto/ed25519. The module is built here, from the module cache or the configured proxy.
 */

const module = fileURLToPath(new URL('go-verifier', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'baton-go-'));
const verifier = join(work, 'go-verifier');
const built = spawnSync('go', ['build', '-o', verifier, '.'], { cwd: module, encoding: 'utf8', timeout: 240_000 });
const why = built.error ? 'there is no Go here' : built.status === 0 ? '' : `it does not build: ${built.stderr}`;
if (why.includes('.go:')) throw new Error(why);

const SIZE = 66_000;
const log = noteSigner('log.example/baton', SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 1));
const witness = noteSigner('witness.example/w1', SIGNATURE_TYPE.cosignature, Buffer.alloc(32, 2));
const { tree, tiles } = grownTree(SIZE);

function cosigned(size: number, root: Uint8Array): string {
  const note = signCheckpoint({ origin: 'log.example/baton', size, root, extensions: [] }, [log]);
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  return note + formatSignatureLine(cosign(text, 1_700_000_000, witness));
}

function writeLog(): string {
  const folder = join(work, 'log');
  const write = (path: string, bytes: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  for (const [path, bytes] of tiles.files) write(path, bytes);
  for (let index = 0; index * TILE_WIDTH < SIZE; index += 1) {
    const width = tileWidth(SIZE, 0, index);
    const entries = Array.from({ length: width }, (_, at) => leafData(index * TILE_WIDTH + at));
    write(tilePath({ level: 'entries', index, width }), encodeEntries(entries));
  }
  write('checkpoint', cosigned(SIZE, tree.root()));
  return folder;
}

const base64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64');
const turned = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);

(why === '' ? describe : describe.skip)(
  why === '' ? 'Go’s own packages' : `SKIPPED, NOT CHECKED: our log by Go’s packages: ${why}`,
  () => {
    const ours = [formatVkey(log.key), formatVkey(witness.key)];
    const ask = (folder: string, questions: object, keys = ours): unknown =>
      JSON.parse(
        execFileSync(verifier, [folder, ...keys], {
          input: JSON.stringify(questions),
          encoding: 'utf8',
          stdio: 'pipe',
        }),
      );

    afterAll(() => rmSync(work, { recursive: true }));

    it('read our checkpoint, cosignature, tiles and all 66,000 entries, and judge our proofs as we do', async () => {
      const folder = writeLog();
      const leaves = leafHashes(SIZE);
      const reference = new ReferenceTree(leaves);
      const hashes = new TileHashes(tiles.read, SIZE);
      const inclusion = await Promise.all(
        [0, 1, 255, 256, 65_535, 65_536, SIZE - 1].map(async (index) => ({
          index,
          size: SIZE,
          leafHash: base64(leaves[index]!),
          root: base64(tree.root()),
          proof: (await hashes.inclusion(index)).map(base64),
        })),
      );
      const consistency = await Promise.all(
        [1, 2, 255, 256, 257, 65_536, 65_999, SIZE].map(async (oldSize) => ({
          oldSize,
          newSize: SIZE,
          oldRoot: base64(reference.root(0, oldSize)),
          newRoot: base64(tree.root()),
          proof: (await hashes.consistency(oldSize)).map(base64),
        })),
      );
      const good = cosigned(SIZE, tree.root());
      const said = ask(folder, {
        inclusion: [
          ...inclusion,
          ...inclusion.map((one) => ({ ...one, proof: [turned(one.proof[0]!), ...one.proof.slice(1)] })),
        ],
        consistency: [...consistency, ...consistency.map((one) => ({ ...one, oldRoot: turned(one.oldRoot) }))],
        notes: [good, good.replace('\n66000\n', '\n66001\n'), good.replace(/(w1 .{10})./, '$1!')],
      });
      expect(said).toEqual({
        size: SIZE,
        entries: SIZE,
        signedBy: ['log.example/baton', 'witness.example/w1'],
        inclusion: [...inclusion.map(() => true), ...inclusion.map(() => false)],
        consistency: [...consistency.map(() => true), ...consistency.map(() => false)],
        notes: [true, false, false],
      });
    }, 120_000);

    it('prove what a bundle of one lead says: its leaves, their checkpoints before and after, and the cosignatures', async () => {
      const sealed = new WitnessedLog();
      const leads = Array.from({ length: 400 }, (_, at) => {
        const stream = `lead-${at % 9}`;
        return { ...stewardChange(stream, Math.floor(at / 9), 1_700_000_000 + at), stream };
      });
      const events = recorded(leads);
      for (let from = 0; from < 400; from += 50) sealed.seal(events.slice(from, from + 50), 1_700_000_050 + from);
      const bundle = await leadBundle(sealed.folder, sealed.indexesOf('lead-4'));
      const [, sizeLine = '', root = ''] = bundle.checkpoint.split('\n');
      const size = Number(sizeLine);
      const inclusion = bundle.leaves.map(({ index, proof }) => {
        const [head = ''] = proof.split('\n\n');
        const [, extra = '', , ...hashes] = head.split('\n');
        const leaf = Buffer.from(extra.slice('extra '.length), 'base64');
        return { index, size, leafHash: base64(leafHash(leaf)), root, proof: hashes };
      });
      const consistency = bundle.checkpoints
        .filter(({ size: oldSize }) => oldSize > 0)
        .map(({ size: oldSize, first, proof }) => {
          return { oldSize, newSize: size, oldRoot: first.split('\n')[2], newRoot: root, proof };
        });
      const notes = [bundle.checkpoint, ...bundle.checkpoints.map(({ first }) => first)];
      const said = ask(
        sealed.folder,
        { inclusion, consistency, notes },
        [LOG, ...WITNESSES].map(({ key }) => formatVkey(key)),
      );
      rmSync(sealed.folder, { recursive: true });
      expect(inclusion).toHaveLength(44);
      expect(said).toMatchObject({
        size: 400,
        signedBy: [LOG, ...WITNESSES].map(({ key }) => key.name),
        inclusion: inclusion.map(() => true),
        consistency: consistency.map(() => true),
        notes: notes.map(() => true),
      });
    }, 60_000);

    it('refuse our log when one bit of an entry, a tile or the checkpoint is another', () => {
      const folder = writeLog();
      const bundle = join(folder, tilePath({ level: 'entries', index: 3, width: TILE_WIDTH }));
      const entries = Array.from({ length: TILE_WIDTH }, (_, at) => leafData(3 * TILE_WIDTH + at));
      writeFileSync(bundle, encodeEntries([...entries.slice(0, -1), Buffer.from('leaf 1022')]));
      expect(() => ask(folder, {})).toThrow(/entry 1023/);
      writeFileSync(bundle, encodeEntries(entries));

      const tile = join(folder, 'tile/0/003');
      writeFileSync(tile, Buffer.concat([...entries.slice(0, -1), Buffer.from('x')].map(leafHash)));
      expect(() => ask(folder, {})).toThrow(/go-verifier/);
      writeFileSync(tile, Buffer.concat(entries.map(leafHash)));

      writeFileSync(join(folder, 'checkpoint'), cosigned(SIZE, tree.root()).replace('66000', '65999'));
      expect(() => ask(folder, {})).toThrow(/go-verifier/);
    }, 120_000);
  },
);
