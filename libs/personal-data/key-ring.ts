import { createHmac, type KeyObject } from 'node:crypto';

/** What keeps addresses in the blind index from being guessed: each is laid over what the ones before it made. */
export interface Pepper {
  /** from 1, without a gap; stands beside each index row, which so can be recomputed under a later one */
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
  /** at least one, in rising order from version 1; none is ever taken out, since every address goes through all of them */
  readonly peppers: readonly [Pepper, ...Pepper[]];
  /** at least one, in rising order; the last wraps new keys */
  readonly epochs: readonly [EpochKey, ...EpochKey[]];
  /** reads again what `peppers`, `epochs` and `erased` say, where another process may have changed it */
  readonly refresh?: () => void;
  /** whom no backup may bring back, for as long as one could be opened */
  readonly erased?: readonly ErasedNote[];
  /** Notes who was erased, durably, each once; the epoch is the newest. By one process at a time. */
  readonly noteErased?: (people: readonly Omit<ErasedNote, 'epoch'>[]) => void;
}

export const newestEpoch = ({ epochs }: KeyRing): EpochKey => epochs.at(-1) ?? epochs[0];
export const newestPepper = ({ peppers }: Pick<KeyRing, 'peppers'>): Pepper => peppers.at(-1) ?? peppers[0];
/** Whether an epoch's key was destroyed: what is wrapped under it never opens again. */
export const isDestroyed = (epoch: number, { epochs }: KeyRing): boolean => epoch < epochs[0].epoch;

/** What a database remembers of a secret, to know it again. It says nothing about the secret. */
export interface KeyMark {
  readonly name: string;
  readonly mark: string;
}

/** A mark of each secret, by which a key store finds out that it was opened with another installation's key file. */
export function keyMarks({ installationSecret, peppers, epochs }: KeyRing): readonly KeyMark[] {
  return [
    { name: 'installation', mark: markOf(installationSecret) },
    ...peppers.map(({ version, key }) => ({ name: `pepper-${version}`, mark: markOf(key) })),
    ...epochs.map(({ epoch, key }) => ({ name: `epoch-${epoch}`, mark: markOf(key) })),
  ];
}

const markOf = (key: KeyObject): string =>
  createHmac('sha256', key).update('baton/key-mark/v1').digest('base64url').slice(0, 22);
