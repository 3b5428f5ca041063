import { createSecretKey } from 'node:crypto';
import { newestPepper, type EpochKey, type KeyRing } from './key-ring.js';

const keyOf = (fill: number) => createSecretKey(Buffer.alloc(32, fill));

/** A ring whose keys are told by a number each; a further epoch comes with `epochs`. */
export const keyRing = (fill = 1, epochs: readonly EpochKey[] = []): KeyRing => ({
  installationSecret: keyOf(fill),
  peppers: [{ version: 1, key: keyOf(fill + 1) }],
  epochs: [{ epoch: 1, key: keyOf(fill + 2) }, ...epochs],
});

export const epochKey = (epoch: number, fill: number): EpochKey => ({ epoch, key: keyOf(fill) });

/** A key file in memory, as one process has read it: to be read again before it is known what another one has added. */
export class HeldRing implements KeyRing {
  private held: KeyRing;

  constructor(private readonly file: { ring: KeyRing } = { ring: keyRing() }) {
    this.held = file.ring;
  }

  get installationSecret() {
    return this.held.installationSecret;
  }
  get peppers() {
    return this.held.peppers;
  }
  get epochs() {
    return this.held.epochs;
  }

  readonly refresh = (): void => {
    this.held = this.file.ring;
  };

  addPepper(): void {
    const { peppers } = this.file.ring;
    const version = newestPepper(this.file.ring).version + 1;
    this.file.ring = { ...this.file.ring, peppers: [...peppers, { version, key: keyOf(100 + version) }] };
    this.refresh();
  }

  /** The same file, as a process has it that reads it now. */
  readAgain(): HeldRing {
    return new HeldRing(this.file);
  }
}
