import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** Files that are on the disk when these return, for their owner only. */
export async function copyDurably(from: string, to: string): Promise<void> {
  const target = await open(to, 'w', 0o600);
  try {
    for await (const part of createReadStream(from)) await target.writeFile(part as Buffer);
    await target.sync();
  } finally {
    await target.close();
  }
}

export async function writeDurably(file: string, text: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
