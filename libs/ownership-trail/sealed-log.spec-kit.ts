import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '../event-store/event-store.js';
import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import { leafHash } from '../transparency-log/merkle-hash.js';
import { encodeLeaf, leafOf } from '../contracts/leaf.js';
import type { PlacedLeaf } from './leaf-ownership.js';
import { sealedEntries } from './sealed-entries.js';
import { publish, signer } from './trail.spec-kit.js';
import { TrailFolder } from './trail-folder.js';
import { TrailLog, type NewLeaf } from './trail-log.js';

/** Seals events as they come, whatever rules they break, with a checkpoint after each `batch` of them. */
export async function sealEvents(
  folder: string,
  events: readonly RecordedEvent[],
  batch: number,
  afterEach: () => Promise<void> = async () => undefined,
): Promise<void> {
  const log = await TrailLog.open({ folder, signers: [signer] });
  const last = new Map<string, string>();
  try {
    await publish(log);
    for (let start = 0; start < events.length; start += batch) {
      const leaves = events.slice(start, start + batch).map((event): NewLeaf => {
        const bytes = encodeLeaf(leafOf(event, last.get(event.stream)));
        last.set(event.stream, leafHash(bytes).toString('hex'));
        return { bytes, position: event.position };
      });
      await log.append(leaves);
      await publish(log);
      await afterEach();
    }
  } finally {
    log.close();
  }
}

export function publishedSize(folder: string): number {
  const note = parseCheckpointNote(readFileSync(join(folder, 'checkpoint')));
  if (!note.ok) throw new Error(note.problem);
  return note.value.checkpoint.size;
}

/** All leaves of a log's folder, as its files have them. */
export async function allLeaves(folder: string): Promise<readonly PlacedLeaf[]> {
  const leaves: PlacedLeaf[] = [];
  for await (const some of sealedEntries(new TrailFolder(folder), 0, publishedSize(folder))) leaves.push(...some);
  return leaves;
}
