import { parseLeaf } from '../contracts/leaf.js';
import { encodeBase64 } from '../transparency-log/base64.js';
import { parseCheckpointNote } from '../transparency-log/checkpoint.js';
import { TileHashes } from '../transparency-log/tile-hashes.js';
import { TILE_WIDTH } from '../transparency-log/tile-path.js';
import { tileWidth } from '../transparency-log/tile-shape.js';
import { formatTlogProof } from '../transparency-log/tlog-proof.js';
import { BUNDLE_FORMAT, MOST_BUNDLE_LEAVES, type TrailBundle } from './bundle-format.js';
import { CheckpointArchive } from './checkpoint-archive.js';
import { CHECKPOINT } from './trail-files.js';
import { TrailFolder } from './trail-folder.js';

/** The log's own files are not as they should be: a bundle of them would prove nothing. */
export class BundleFault extends Error {
  override name = 'BundleFault';
  readonly disclosable = true;
}

/**
 * Everything that proves a stream's leaves to somebody who holds nothing but the keys. A lead's, or any other stream's.
 *
 * @param indexes of all its leaves, rising; those that the last published checkpoint does not cover are left out
 * @param archive the same one for every bundle of a folder, so that its listing is read once
 * @throws RangeError for no leaf or more than 10,000; BundleFault, TileFault when files are missing or no log's
 */
export async function leadBundle(
  folder: string,
  indexes: readonly number[],
  archive = new CheckpointArchive(new TrailFolder(folder)),
): Promise<TrailBundle> {
  const { files } = archive;
  const { checkpoint, size } = await published(files);
  const covered = indexes.filter((index) => index < size);
  if (covered.length === 0 || covered.length > MOST_BUNDLE_LEAVES)
    throw new RangeError(`a bundle has 1 to ${MOST_BUNDLE_LEAVES} leaves`);

  const hashes = new TileHashes(files.readTile, size);
  // Listed once, if at all, and not by each of those that look at once.
  await archive.around(covered.at(-1) ?? 0);
  const proven = await inTurns(covered, async (index) => {
    const [extra, proof, around] = await Promise.all([
      leafAt(files, index, size),
      hashes.inclusion(index),
      archive.around(index),
    ]);
    const [before, after] = [around.before ?? null, Math.min(around.after ?? size, size)];
    const leaf = { index, proof: formatTlogProof({ extra, index, proof, checkpoint }), before, after };
    return { leaf, stream: streamOf(extra, index) };
  });
  const [stream = '', ...others] = new Set(proven.map((one) => one.stream));
  if (others.length > 0) throw new RangeError('the leaves of a bundle are of one stream');

  const leaves = proven.map(({ leaf }) => leaf);
  const sizes = new Set(leaves.flatMap(({ before, after }) => (before === null ? [after] : [before, after])));
  const checkpoints = await inTurns(
    [...sizes].sort((a, b) => a - b),
    async (one) => {
      const [kept, proof] = await Promise.all([
        keptCheckpoint(archive, one, { checkpoint, size }),
        one === 0 ? [] : hashes.consistency(one),
      ]);
      return { ...kept, proof: proof.map(encodeBase64) };
    },
  );
  return { format: BUNDLE_FORMAT, stream, checkpoint, leaves, checkpoints };
}

/** Files are read some at once, since each read waits for several tasks of Node's thread pool; never all of 10,000. */
const AT_ONCE = 16;

async function inTurns<One, Result>(all: readonly One[], work: (one: One) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE)
    results.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(work))));
  return results;
}

interface Published {
  readonly checkpoint: string;
  readonly size: number;
}

async function published(files: TrailFolder): Promise<Published> {
  const bytes = await files.read(CHECKPOINT);
  const note = bytes && parseCheckpointNote(bytes);
  if (!note?.ok) throw new BundleFault('the trail has no checkpoint that can be read');
  return { checkpoint: bytes?.toString('utf8') ?? '', size: note.value.checkpoint.size };
}

async function leafAt(files: TrailFolder, index: number, size: number): Promise<Uint8Array> {
  const at = Math.floor(index / TILE_WIDTH);
  const entries = await files.entries(at, tileWidth(size, 0, at));
  const leaf = entries.ok ? entries.value[index % TILE_WIDTH] : undefined;
  if (leaf === undefined) throw new BundleFault(entries.ok ? `the trail has no leaf ${index}` : entries.problem);
  return leaf;
}

function streamOf(bytes: Uint8Array, index: number): string {
  const leaf = parseLeaf(bytes);
  if (!leaf.ok) throw new BundleFault(`leaf ${index}: ${leaf.problem}`);
  return leaf.value.stream;
}

async function keptCheckpoint(
  archive: CheckpointArchive,
  size: number,
  head: Published,
): Promise<Omit<TrailBundle['checkpoints'][number], 'proof'>> {
  const [first, last] = await Promise.all([archive.first(size), archive.last(size)]);
  // A folder that keeps none has at least its last one.
  const text = first?.toString('utf8') ?? (size === head.size ? head.checkpoint : undefined);
  if (text === undefined) throw new BundleFault(`the trail's checkpoint of ${size} leaves is missing`);
  return { size, first: text, ...(last ? { last: last.toString('utf8') } : {}) };
}
