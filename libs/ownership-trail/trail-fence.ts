import { statSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '../event-store/sqlite-file-lock.js';
import { TrailRefused } from './trail-refused.js';

/**
 * Keeps a log's folder for one sealer. The lock is the operating system's, so a stopped process keeps it and a killed
 * one does not. Where the lock was lost all the same (its file taken away, a folder that two machines share), whoever
 * comes back finds it out before it names a file over another's.
 */
export class TrailFence {
  private constructor(
    private readonly file: string,
    private readonly inode: bigint,
    readonly release: () => void,
  ) {}

  /** @throws TrailRefused when another has it */
  static take(folder: string): TrailFence {
    const lock = join(folder, 'sealer');
    let unlock: () => void;
    try {
      unlock = lockFile(lock);
    } catch {
      throw new TrailRefused('another sealer has the trail open');
    }
    const file = `${lock}.lock`;
    const inode = inodeOf(file);
    if (inode !== undefined) return new TrailFence(file, inode, unlock);
    unlock();
    throw new TrailRefused('the lock of the trail went away while it was taken');
  }

  /** @throws TrailRefused when the lock is no longer the one that was taken */
  assertHeld(): void {
    if (inodeOf(this.file) !== this.inode) throw takenOver();
  }
}

/** What a sealer that was stopped for long says when it goes on. */
export const takenOver = (): TrailRefused =>
  new TrailRefused('another sealer has taken over the trail: this one writes nothing more');

const inodeOf = (file: string): bigint | undefined => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
