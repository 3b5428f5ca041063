import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeBase64 } from '../transparency-log/base64.js';
import { signCheckpoint } from '../transparency-log/checkpoint.js';
import { SIGNATURE_TYPE, type NoteKey } from '../transparency-log/note-key.js';
import { noteSigner } from '../transparency-log/note-signer.js';
import { TileHashes } from '../transparency-log/tile-hashes.js';
import { grownTree, leafHashes, ReferenceTree } from '../transparency-log/tree.spec-kit.js';
import { openWitnessState } from './sqlite-witness-state.js';
import { Witness } from './witness.js';

export const ORIGIN = 'log.example/baton';
export const logSigner = noteSigner(ORIGIN, SIGNATURE_TYPE.ed25519, Buffer.alloc(32, 1));
export const witnessSigner = noteSigner('example.com/witness', SIGNATURE_TYPE.cosignature, Buffer.alloc(32, 2));

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'baton-witness-'));

/** A witness on a file of its own, with a clock that the test drives. */
export function openWitness(logKeys: readonly NoteKey[] = [logSigner.key], folder = newFolder()) {
  const time = { ms: 1_700_000_000_000 };
  const state = openWitnessState(join(folder, 'witness.sqlite'));
  const witness = new Witness({ signer: witnessSigner, logKeys, state, clock: () => time.ms });
  const post = (body: string) => witness.addCheckpoint(Buffer.from(body));
  return { witness, state, time, folder, post };
}

/** A log that makes the requests of any two of its sizes; another `fill` gives another history under the same key. */
export class PostingLog {
  readonly #leaves: Buffer[];
  readonly #reference: ReferenceTree;
  readonly #tiles;

  constructor(
    readonly size: number,
    branch?: { readonly from: number },
  ) {
    this.#leaves = leafHashes(size).map((hash, at) => (branch && at >= branch.from ? randomBytes(32) : hash));
    this.#reference = new ReferenceTree(this.#leaves);
    this.#tiles = grownTree(this.#leaves, () => true).tiles;
  }

  checkpoint(size: number, root: Uint8Array = this.#reference.root(0, size)): string {
    return signCheckpoint({ origin: ORIGIN, size, root, extensions: [] }, [logSigner]);
  }

  async request(oldSize: number, size: number): Promise<string> {
    const proof = await new TileHashes(this.#tiles.read, size).consistency(oldSize);
    return requestOf(oldSize, proof, this.checkpoint(size));
  }
}

export const requestOf = (oldSize: number | string, proof: readonly Uint8Array[], checkpoint: string): string =>
  [`old ${oldSize}`, ...proof.map(encodeBase64), '', checkpoint].join('\n');
