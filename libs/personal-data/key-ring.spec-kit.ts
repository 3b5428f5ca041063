import { createSecretKey } from 'node:crypto';
import type { EpochKey, KeyRing } from './key-ring.js';

const keyOf = (fill: number) => createSecretKey(Buffer.alloc(32, fill));

/** A ring whose keys are told by a number each; a further epoch comes with `epochs`. */
export const keyRing = (fill = 1, epochs: readonly EpochKey[] = []): KeyRing => ({
  installationSecret: keyOf(fill),
  pepper: { version: 1, key: keyOf(fill + 1) },
  epochs: [{ epoch: 1, key: keyOf(fill + 2) }, ...epochs],
});

export const epochKey = (epoch: number, fill: number): EpochKey => ({ epoch, key: keyOf(fill) });
