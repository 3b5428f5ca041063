import { underNewest, type PepperedRow } from './blind-index.js';
import { keyMarks, newestEpoch, newestPepper, type KeyMark, type KeyRing } from './key-ring.js';
import type { KeyRingVerdict, PepperedTable, RepepperedRow, Stale } from './key-operations.js';
import { KeyStoreFault } from './key-store.js';

const FOREIGN = 'the key store was written under another key file';
export const BEHIND = 'the key file is behind the key store: put the newest one of this installation there';

/**
 * Tells a database of the key file's secrets, which it must know before anything is made with them.
 *
 * @throws KeyStoreFault where it was written under another key file, with which nothing in it would open, or under a
 * newer one, without which addresses that stand in it are not found
 */
export async function admitKeyRing(
  ring: KeyRing,
  admit: (marks: readonly KeyMark[]) => Promise<KeyRingVerdict>,
): Promise<void> {
  let verdict = await admit(keyMarks(ring));
  if (verdict === 'behind') {
    // Another process may have added to the file since this one read it.
    ring.refresh?.();
    verdict = await admit(keyMarks(ring));
  }
  if (verdict !== 'own') throw new KeyStoreFault(verdict === 'foreign' ? FOREIGN : BEHIND);
}

/**
 * Asks with the keys as they are now: where another process has begun a new epoch or pepper, or this one's file has one
 * that the database was not told of, again.
 *
 * @throws KeyStoreFault where the file does not have what the database knows
 */
export async function withNewestKeys<Answer>(
  ring: KeyRing,
  admit: () => Promise<void>,
  ask: () => Promise<Answer | Stale>,
): Promise<Answer> {
  let admitted: string | undefined;
  for (;;) {
    const had = newestOf(ring);
    const answer = await ask();
    if (!isStale(answer)) return answer;
    ring.refresh?.();
    const now = newestOf(ring);
    if (now === had && now === admitted) throw new KeyStoreFault(BEHIND);
    await admit();
    admitted = now;
  }
}

const newestOf = (ring: KeyRing): string => `${newestEpoch(ring).epoch}/${newestPepper(ring).version}`;

const isStale = (answer: unknown): answer is Stale => answer === 'stale-epoch' || answer === 'stale-pepper';

/** Rows as they are to be under the newest pepper. */
export function repeppered(
  rows: readonly (PepperedRow & { readonly table: PepperedTable })[],
  { peppers }: Pick<KeyRing, 'peppers'>,
): readonly RepepperedRow[] {
  const { version } = newestPepper({ peppers });
  return rows.map((row) => ({ ...row, renewed: { pepperVersion: version, mac: underNewest(row, { peppers }) } }));
}
