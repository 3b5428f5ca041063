import { createSecretKey } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { newestEpoch, newestPepper, type ErasedNote, type KeyRing } from './key-ring.js';
import { parseKeyRing, writtenKeyRing } from './key-file-format.js';
import { KEY_BYTES } from './aes-gcm.js';
import type { RandomBytes } from './random-bytes.js';

/** A key file that must not be used as it is. The message says what to do; it never shows the file's content. */
export class KeyFileRefused extends Error {
  override name = 'KeyFileRefused';
}

/** The installation's secrets as its file says them, epochs as they are added and destroyed, peppers as they are added. */
export class KeyFile implements KeyRing {
  constructor(
    private readonly file: string,
    private readonly random: RandomBytes,
    private held: KeyRing,
  ) {}

  get installationSecret() {
    return this.held.installationSecret;
  }
  get peppers() {
    return this.held.peppers;
  }
  get epochs() {
    return this.held.epochs;
  }
  get erased(): readonly ErasedNote[] {
    return this.held.erased ?? [];
  }

  /** @throws KeyFileRefused where the file is no longer there or no longer what it was */
  readonly refresh = (): void => {
    const found = rereadable(this.file);
    if (!found?.installationSecret.equals(this.held.installationSecret)) {
      throw new KeyFileRefused(`${this.file} is not the key file that this process was started with`);
    }
    this.held = found;
  };

  /** Begins a new epoch, whose key is durable when this returns. By one process at a time. */
  addEpoch(): void {
    this.refresh();
    const { epoch } = newestEpoch(this.held);
    const added = { epoch: epoch + 1, key: createSecretKey(this.random(KEY_BYTES)) };
    this.#replace({ ...this.held, epochs: [...this.held.epochs, added] });
  }

  /** Begins a new pepper, durable when this returns. By one process at a time. */
  addPepper(): void {
    this.refresh();
    const { version } = newestPepper(this.held);
    const added = { version: version + 1, key: createSecretKey(this.random(KEY_BYTES)) };
    this.#replace({ ...this.held, peppers: [...this.held.peppers, added] });
  }

  /** Destroys all epochs' keys but the newest: nothing that is wrapped under them will ever open. */
  destroyOldEpochs(): void {
    this.refresh();
    const newest = newestEpoch(this.held);
    // Noted under an older one: what backups there are from before open no more.
    const erased = this.erased.filter(({ epoch }) => epoch >= newest.epoch);
    this.#replace({ ...this.held, epochs: [newest], erased });
  }

  /** The file is what a backup is opened with, so whoever restores one cannot forget these. */
  readonly noteErased = (people: readonly Omit<ErasedNote, 'epoch'>[]): void => {
    this.refresh();
    const { epoch } = newestEpoch(this.held);
    const known = new Set(this.erased.map(({ contact }) => contact));
    const added = people.filter(({ contact }) => !known.has(contact));
    if (added.length === 0) return;
    const notes = added.map(({ contact, under, keepOptOut }) => ({ contact, under, keepOptOut, epoch }));
    this.#replace({ ...this.held, erased: [...this.erased, ...notes] });
  };

  /**
   * The file is replaced as a whole, then what it was before is overwritten. A disk or file system that keeps old blocks
   * may still have them: docs/privacy.md says so.
   */
  #replace(ring: KeyRing): void {
    const draft = `${this.file}.${Buffer.from(this.random(8)).toString('hex')}`;
    writeDurably(draft, writtenKeyRing(ring));
    const before = openSync(this.file, 'r+');
    try {
      renameSync(draft, this.file);
      syncFolder(dirname(this.file));
      writeSync(before, Buffer.alloc(fstatSync(before).size), 0, undefined, 0);
      fsyncSync(before);
    } finally {
      closeSync(before);
    }
    this.held = ring;
  }
}

/**
 * The installation's secrets from a JSON file of mode 0600, made with fresh ones where there is none. Of two processes
 * that make it at once, one wins and both read the winner's. Synchronous: nothing starts without it.
 *
 * @throws KeyFileRefused when others than its owner may touch it, it is not of the format, or can be neither read nor made
 */
export function openKeyFile(file: string, random: RandomBytes): KeyFile {
  try {
    return new KeyFile(file, random, read(file) ?? make(file, random));
  } catch (error) {
    if (error instanceof KeyFileRefused) throw error;
    throw new KeyFileRefused(
      `${file} can be neither read nor made (${String(codeOf(error))}): check folder and rights`,
    );
  }
}

/** A file that was replaced while it was read is overwritten already: then the new one counts. */
function rereadable(file: string): KeyRing | undefined {
  try {
    return read(file);
  } catch {
    return read(file);
  }
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
    peppers: [{ version: 1, key: key() }],
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
