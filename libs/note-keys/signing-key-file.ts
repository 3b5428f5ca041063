import { closeSync, fstatSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { SEED_BYTES } from '../transparency-log/ed25519.js';
import type { SignatureType } from '../transparency-log/note-key.js';
import { formatSkey, parseSkey, type NoteSigner } from '../transparency-log/note-signer.js';

/** A key file that must not be used as it is; one line that says what to do, without the file's content. */
export class SigningKeyRefused extends Error {
  override name = 'SigningKeyRefused';
  readonly disclosable = true;
}

/**
 * A log's or witness's private key from a file of mode 0600 in the form of Go's note package, made where there is none.
 * Of two processes that make it at once, one wins and both read the winner's.
 *
 * @throws SigningKeyRefused when others may touch it, or it is a key of another name or type
 */
export function openSigningKey(
  file: string,
  name: string,
  type: SignatureType,
  random: (bytes: number) => Uint8Array,
): NoteSigner {
  const [signer, ...more] = openSigningKeys(file, { name, type, random });
  if (more.length > 0) throw new SigningKeyRefused(`${file} holds more than one key`);
  return signer;
}

/**
 * All keys of a file, a line each, the one in use first: while one takes over from another, both sign. All are of one
 * name.
 *
 * @param of.name that they must have; `made`: under which the first is made, whatever it is afterwards
 * @throws SigningKeyRefused as `openSigningKey`
 */
export function openSigningKeys(
  file: string,
  of: {
    readonly name: string | { readonly made: string };
    readonly type: SignatureType;
    readonly random: (bytes: number) => Uint8Array;
  },
): readonly [NoteSigner, ...NoteSigner[]] {
  const { name, type, random } = of;
  const made = typeof name === 'string' ? name : name.made;
  const signers = read(file) ?? make(file, formatSkey(made, type, random(SEED_BYTES)), random);
  const asked = typeof name === 'string' ? name : signers[0].key.name;
  for (const { key } of signers) {
    if (key.name !== asked) throw new SigningKeyRefused(`${file} is the key of ${key.name}, not of ${asked}`);
    if (key.type !== type) throw new SigningKeyRefused(`${file} is a key of another signature type`);
  }
  return signers;
}

/** The key in use of a file that is there. @throws SigningKeyRefused as `openSigningKey`, and where there is none */
export function readSigningKey(file: string): NoteSigner {
  const signers = read(file);
  if (signers === undefined) throw new SigningKeyRefused(`${file} is missing`);
  return signers[0];
}

type Signers = readonly [NoteSigner, ...NoteSigner[]];

function read(file: string): Signers | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
  try {
    const mode = fstatSync(handle).mode & 0o777;
    if ((mode & 0o077) !== 0)
      throw new SigningKeyRefused(`${file} has mode 0${mode.toString(8)}; others may touch the key: chmod 600 it`);
    const signers = readFileSync(handle, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => {
        const signer = parseSkey(line);
        if (!signer.ok) throw new SigningKeyRefused(`${file} is not a signing key: restore it from its backup`);
        return signer.value;
      });
    const [first, ...others] = signers;
    return first && [first, ...others];
  } finally {
    closeSync(handle);
  }
}

function make(file: string, text: string, random: (bytes: number) => Uint8Array): Signers {
  const draft = `${file}.${Buffer.from(random(8)).toString('hex')}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    // Unlike a rename, a link does not replace the file of another process that was faster.
    linkSync(draft, file);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
  } finally {
    unlinkSync(draft);
  }
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  const made = read(file);
  if (made === undefined) throw new SigningKeyRefused(`${file} went away while it was made`);
  return made;
}
