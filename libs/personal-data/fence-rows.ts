import type { UnfinishedErasure } from './key-store.js';

/** A fence as a database holds it. */
export interface FenceRow {
  readonly erasure: string;
  readonly contact: string;
  readonly epoch: number;
}

/** One erasure from the fences that it set; the rows in the order of both ids. */
export function erasuresOf(rows: readonly FenceRow[]): readonly UnfinishedErasure[] {
  const erasures = new Map<string, { contact: string; contacts: string[]; epoch: number }>();
  for (const { erasure, contact, epoch } of rows) {
    const known = erasures.get(erasure) ?? { contact: erasure, contacts: [], epoch };
    known.contacts.push(contact);
    known.epoch = Math.max(known.epoch, epoch);
    erasures.set(erasure, known);
  }
  return [...erasures.values()];
}
