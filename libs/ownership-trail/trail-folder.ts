import { readFileSync } from 'node:fs';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { synced, writeDurably } from '../durable-files/durable-files.js';
import { draftOf } from './trail-files.js';
import { TrailReader } from './trail-reader.js';

export interface FolderFile {
  readonly path: string;
  readonly bytes: string | Uint8Array;
}

/** A log's files, laid out as C2SP tlog-tiles serves them: `checkpoint`, `tile/…`, `tile/entries/…`. */
export class TrailFolder extends TrailReader {
  constructor(readonly folder: string) {
    super();
  }

  /** undefined where there is none */
  override async read(path: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.folder, path));
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fault;
    }
  }

  /**
   * Writes files so that each is there whole or not at all, and all are on the disk when this returns: contents first,
   * then their names, then the folders that hold the names. After a fault the same files may be written again.
   *
   * @param beforeNaming the last look before an older file is replaced; what it throws leaves it as it was
   */
  async write(files: readonly FolderFile[], beforeNaming: () => void = () => undefined): Promise<void> {
    const folders = new Set<string>();
    for (const { path } of files) await this.#makeFolders(dirname(path), folders);
    // All have ended, also after a fault of one: a second try must not meet the rest of the first.
    const drafts = await Promise.allSettled(
      files.map(({ path, bytes }) => writeDurably(join(this.folder, draftOf(path)), bytes, 'w')),
    );
    for (const draft of drafts) if (draft.status === 'rejected') throw draft.reason as Error;
    beforeNaming();
    for (const { path } of files) await rename(join(this.folder, draftOf(path)), join(this.folder, path));
    await Promise.all([...folders].map((folder) => synced(join(this.folder, folder))));
  }

  /** For the last look before a file is replaced, which must not be parted from the replacing by a wait. */
  readNow(path: string): Buffer | undefined {
    try {
      return readFileSync(join(this.folder, path));
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fault;
    }
  }

  async has(path: string): Promise<boolean> {
    return access(join(this.folder, path)).then(
      () => true,
      () => false,
    );
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.folder, path), { recursive: true, force: true });
  }

  /** A new folder's name is durable only once the folder above is. */
  async #makeFolders(folder: string, toSync: Set<string>): Promise<void> {
    toSync.add(folder);
    const made = await mkdir(join(this.folder, folder), { recursive: true, mode: 0o700 });
    if (made === undefined) return;
    for (let above = folder; above !== '.';) {
      above = dirname(above);
      toSync.add(above);
    }
  }
}
