import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSize } from '../transparency-log/tree-size.js';
import { ARCHIVE, firstForm, lastForm } from './trail-files.js';
import type { TrailFolder } from './trail-folder.js';

/** The sizes of two neighbouring checkpoints: the last one without a leaf, and the first one with it. */
export interface Neighbours {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Of sizes in rising order. */
export function neighboursOf(index: number, sizes: readonly number[]): Neighbours {
  let [low, high] = [0, sizes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sizes[middle] ?? Infinity) > index) high = middle;
    else low = middle + 1;
  }
  return { before: sizes[low - 1], after: sizes[low] };
}

/**
 * The checkpoints that a log's folder has kept. What comes between two kept ones never changes, so their sizes are
 * listed again only for a leaf beyond the last that is known.
 */
export class CheckpointArchive {
  #sizes: readonly number[] = [];

  constructor(readonly files: TrailFolder) {}

  /** All sizes, rising; none where the folder keeps none. */
  async sizes(): Promise<readonly number[]> {
    this.#sizes = await archivedSizes(this.files.folder);
    return this.#sizes;
  }

  async around(index: number): Promise<Neighbours> {
    const known = neighboursOf(index, this.#sizes);
    return known.after === undefined ? neighboursOf(index, await this.sizes()) : known;
  }

  first(size: number): Promise<Buffer | undefined> {
    return this.files.read(firstForm(size));
  }

  last(size: number): Promise<Buffer | undefined> {
    return this.files.read(lastForm(size));
  }
}

/** The sizes of all checkpoints that a folder has kept, rising; none where it keeps none. */
export async function archivedSizes(folder: string): Promise<readonly number[]> {
  let names: readonly string[];
  try {
    names = await readdir(join(folder, ARCHIVE));
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
  return names
    .map(parseSize)
    .filter((size) => size !== undefined)
    .sort((a, b) => a - b);
}
