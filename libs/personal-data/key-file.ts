import { createSecretKey } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { KeyRing } from './key-ring.js';
import { parseKeyRing, writtenKeyRing } from './key-file-format.js';
import { KEY_BYTES } from './aes-gcm.js';
import type { RandomBytes } from './random-bytes.js';

/** A key file that must not be used as it is. The message says what to do; it never shows the file's content. */
export class KeyFileRefused extends Error {
  override name = 'KeyFileRefused';
}

/**
 * The installation's secrets from a JSON file of mode 0600, made with fresh ones where there is none. Of two processes
 * that make it at once, one wins and both read the winner's. Synchronous: nothing starts without it.
 *
 * @throws KeyFileRefused when others than its owner may touch it, or it is not of the format
 * @throws the file system's error when it can be neither read nor made
 */
export function openKeyFile(file: string, random: RandomBytes): KeyRing {
  return read(file) ?? make(file, random);
}

function read(file: string): KeyRing | undefined {
  const handle = openIfThere(file);
  if (handle === undefined) return undefined;
  try {
    const mode = fstatSync(handle).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw new KeyFileRefused(`${file} has mode 0${mode.toString(8)}; others may touch the keys: chmod 600 it`);
    }
    const ring = parseKeyRing(readFileSync(handle, 'utf8'));
    if (ring === undefined) throw new KeyFileRefused(`${file} is not a key file of Baton: restore it from its backup`);
    return ring;
  } finally {
    closeSync(handle);
  }
}

function make(file: string, random: RandomBytes): KeyRing {
  const key = () => createSecretKey(random(KEY_BYTES));
  const ring: KeyRing = {
    installationSecret: key(),
    pepper: { version: 1, key: key() },
    epochs: [{ epoch: 1, key: key() }],
  };
  const draft = `${file}.${Buffer.from(random(8)).toString('hex')}`;
  writeDurably(draft, writtenKeyRing(ring));
  try {
    // Unlike a rename, a link does not replace the file of another process that was faster.
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  syncFolder(dirname(file));
  const kept = read(file);
  if (kept === undefined) throw new KeyFileRefused(`${file} went away while it was made`);
  return kept;
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
