import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, open, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHUNK = 1024 * 1024;

/** A file system in memory with little room, which a test may fill up and empty again. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** @returns undefined where this user may mount nothing */
  static async mount(megabytes: number): Promise<SmallDisk | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'baton-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder]);
      return new SmallDisk(folder);
    } catch {
      await rm(folder, { recursive: true });
      process.stderr.write('\nSKIPPED: the tests with a full disk: this user may mount no file system\n');
      return undefined;
    }
  }

  /** A folder on it that belongs to whoever another path belongs to. */
  async folderLike(path: string): Promise<string> {
    const { uid, gid } = await stat(path);
    const folder = join(this.folder, 'data');
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, uid, gid);
    return folder;
  }

  /** Takes all the room that there is. */
  async fill(): Promise<void> {
    const ballast = await open(this.ballast, 'a');
    try {
      for (;;) await ballast.write(Buffer.alloc(CHUNK));
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'ENOSPC') throw fault;
    } finally {
      await ballast.close();
    }
  }

  /** bytes */
  async room(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  async empty(): Promise<void> {
    await rm(this.ballast, { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', ['-l', this.folder]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
