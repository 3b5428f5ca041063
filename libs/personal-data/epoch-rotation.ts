import type { KeyFile } from './key-file.js';
import { newestEpoch } from './key-ring.js';
import type { KeyStore } from './key-store.js';

export interface Rotated {
  /** the only epoch whose key there is now */
  readonly epoch: number;
  /** keys wrapped anew by this call */
  readonly rewrapped: number;
}

/** Keys of one transaction: short enough that nobody waits for it. */
const AT_ONCE = 500;

/**
 * Begins a new epoch, wraps every key that there still is under it, and destroys the old epochs' keys: whatever was
 * erased before is then unreadable in every backup, and so is every backup taken before. Reading and writing go on
 * meanwhile. Interrupted and called again it goes on where it was.
 *
 * @throws KeyStoreFault, KeyFileRefused, or the file system's error: no key was destroyed that is still needed
 */
export function rotateEpoch(keyFile: KeyFile, keys: KeyStore): Promise<Rotated> {
  return keys.alone(async () => {
    keyFile.refresh();
    // Several epochs: a rotation that was interrupted before it destroyed anything.
    if (keyFile.epochs.length === 1) keyFile.addEpoch();
    let rewrapped = 0;
    for (let done = await keys.rewrap(AT_ONCE); done > 0; done = await keys.rewrap(AT_ONCE)) rewrapped += done;
    keyFile.destroyOldEpochs();
    return { epoch: newestEpoch(keyFile).epoch, rewrapped };
  });
}
