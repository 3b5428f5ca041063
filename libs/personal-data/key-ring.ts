import { createHmac, type KeyObject } from 'node:crypto';

/** The pepper that keeps addresses in the blind index from being guessed. */
export interface Pepper {
  /** from 1; stands beside each index row, so that rows can be recomputed under another */
  readonly version: number;
  readonly key: KeyObject;
}

/** A key under which data keys are wrapped. Destroying it makes all wrapped under it unreadable, in backups too. */
export interface EpochKey {
  /** from 1 */
  readonly epoch: number;
  readonly key: KeyObject;
}

/** A person who was erased, in opaque ids: a backup from before, which these keys still open, does not know of it. */
export interface ErasedNote {
  readonly contact: string;
  /** the contact whose stream tells of the erasure */
  readonly under: string;
  readonly keepOptOut: boolean;
  /** the newest when it was noted: once its key is destroyed no backup opens, and the note has served */
  readonly epoch: number;
}

/** The secrets that live outside the database and its backups. */
export interface KeyRing {
  /** what all ids and body MACs are derived from */
  readonly installationSecret: KeyObject;
  readonly pepper: Pepper;
  /** at least one, in rising order; the last wraps new keys */
  readonly epochs: readonly [EpochKey, ...EpochKey[]];
  /** reads again what `epochs` and `erased` say, where another process may have changed it */
  readonly refresh?: () => void;
  /** whom no backup may bring back, for as long as one could be opened */
  readonly erased?: readonly ErasedNote[];
  /** Notes who was erased, durably, each once; the epoch is the newest. By one process at a time. */
  readonly noteErased?: (people: readonly Omit<ErasedNote, 'epoch'>[]) => void;
}

export const newestEpoch = ({ epochs }: KeyRing): EpochKey => epochs.at(-1) ?? epochs[0];
/** Whether an epoch's key was destroyed: what is wrapped under it never opens again. */
export const isDestroyed = (epoch: number, { epochs }: KeyRing): boolean => epoch < epochs[0].epoch;

/** What a database remembers of a secret, to know it again. It says nothing about the secret. */
export interface KeyMark {
  readonly name: string;
  readonly mark: string;
}

/** A mark of each secret, by which a key store finds out that it was opened with another installation's key file. */
export function keyMarks({ installationSecret, pepper, epochs }: KeyRing): readonly KeyMark[] {
  return [
    { name: 'installation', mark: markOf(installationSecret) },
    { name: `pepper-${pepper.version}`, mark: markOf(pepper.key) },
    ...epochs.map(({ epoch, key }) => ({ name: `epoch-${epoch}`, mark: markOf(key) })),
  ];
}

const markOf = (key: KeyObject): string =>
  createHmac('sha256', key).update('baton/key-mark/v1').digest('base64url').slice(0, 22);
