import type { IntervalRow } from './lead-card-tables.js';

export const OWNER_ROLES = ['steward', 'offeree', 'worker', 'accountable'] as const;
export type OwnerRole = (typeof OWNER_ROLES)[number];
/** The intervals of one lead that are open now. */
export type CurrentOwners = Partial<Record<OwnerRole, IntervalRow>>;

export const STILL_OPEN = {
  until: null,
  closed_revision: null,
  closed_recorded_at: null,
  closed_by: null,
  closed_by_kind: null,
  closed_by_role: null,
  closed_reason: null,
};

const KEPT = [
  'role',
  'opened_revision',
  'cycle',
  'team',
  'person',
  'since',
  'opened_recorded_at',
  'opened_by',
  'opened_by_kind',
  'opened_by_role',
  'opened_reason',
] as const satisfies readonly (keyof IntervalRow)[];

/**
 * The open intervals as the card keeps them, so that neither a fold nor a look at the card has to read the others:
 * JSON lists of values without names, since the card is written with every event.
 */
export function writtenOwners(owners: CurrentOwners): string {
  return JSON.stringify(Object.values(owners).map((interval) => KEPT.map((column) => interval[column])));
}

export function readOwners(lead: string, written: string): CurrentOwners {
  const owners: CurrentOwners = {};
  for (const values of JSON.parse(written) as readonly (readonly unknown[])[]) {
    const kept = Object.fromEntries(KEPT.map((column, index) => [column, values[index]]));
    const interval = { lead, ...kept, ...STILL_OPEN } as IntervalRow;
    owners[interval.role as OwnerRole] = interval;
  }
  return owners;
}
