import { open, type FileHandle } from 'node:fs/promises';

/** The peer of the event store: lines appended to a file; what is waiting is written and synced as one group. */
export class RawLog {
  private waiting: {
    readonly line: Buffer;
    readonly written: () => void;
    readonly failed: (error: unknown) => void;
  }[] = [];
  private writing = false;

  private constructor(private readonly handle: FileHandle) {}

  static async open(file: string): Promise<RawLog> {
    return new RawLog(await open(file, 'a'));
  }

  append(line: Buffer): Promise<void> {
    return new Promise((written, failed) => {
      this.waiting.push({ line, written, failed });
      if (!this.writing) {
        this.writing = true;
        // As the event store does: what arrives in this turn of the event loop still joins the group.
        setImmediate(() => void this.writeGroups());
      }
    });
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async writeGroups(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.handle.writev(group.map(({ line }) => line));
        await this.handle.datasync();
        for (const { written } of group) written();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    this.writing = false;
  }
}
