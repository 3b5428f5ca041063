import type { KeyFile } from './key-file.js';
import { newestPepper } from './key-ring.js';
import type { KeyStore } from './key-store.js';

export interface PepperRotated {
  /** the version of the pepper that is now over every address of the blind index */
  readonly pepper: number;
  /** rows of the index and opt-outs recomputed by this call */
  readonly recomputed: number;
}

/** Rows of one transaction: short enough that nobody waits for it. */
const AT_ONCE = 200;

/**
 * Lays a new pepper over every address of the blind index, from the rows alone: whoever has the peppers from before can
 * try out nothing of what the key store holds afterwards. Reading and writing go on meanwhile. Where one was interrupted,
 * that is ended, and no other begun.
 *
 * @throws KeyStoreFault, KeyFileRefused, or the file system's error: every address is then found as before
 */
export function rotatePepper(
  keyFile: Pick<KeyFile, 'peppers' | 'refresh' | 'addPepper'>,
  keys: KeyStore,
): Promise<PepperRotated> {
  return keys.alone(async () => {
    keyFile.refresh();
    if (await keys.isUnderNewestPepper()) keyFile.addPepper();
    return { pepper: newestPepper(keyFile).version, recomputed: await layOverAll(keys) };
  });
}

/**
 * Ends a rotation that was interrupted, and does what it would have done to a key store that was restored from before.
 * Answers how many rows were recomputed.
 *
 * @throws as `rotatePepper`
 */
export async function endPepperRotation(keyFile: Pick<KeyFile, 'refresh'>, keys: KeyStore): Promise<number> {
  if (await keys.isUnderNewestPepper()) return 0;
  return keys.alone(async () => {
    keyFile.refresh();
    return (await keys.isUnderNewestPepper()) ? 0 : layOverAll(keys);
  });
}

async function layOverAll(keys: KeyStore): Promise<number> {
  let recomputed = 0;
  for (let done = await keys.layPepper(AT_ONCE); done > 0; done = await keys.layPepper(AT_ONCE)) recomputed += done;
  return recomputed;
}
