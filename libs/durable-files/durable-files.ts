import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** A copy that is on the disk when this returns, for its owner only; what was there is replaced. */
export async function copyDurably(from: string, to: string): Promise<void> {
  const target = await open(to, 'w', 0o600);
  try {
    for await (const part of createReadStream(from)) await target.writeFile(part as Buffer);
    await target.sync();
  } finally {
    await target.close();
  }
}

/** A file that is on the disk when this returns, for its owner only. @param flag `wx`: there must be none */
export async function writeDurably(file: string, bytes: string | Uint8Array, flag: 'w' | 'wx' = 'wx'): Promise<void> {
  const handle = await open(file, flag, 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a file holds, or a folder's entries, is on the disk when this returns. */
export async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
