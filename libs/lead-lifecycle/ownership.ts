import type { Actor } from '../decider/decision.js';
import type { LeadEventMeta, Owner } from './lead-events.js';

export const OWNER_ROLES = ['steward', 'offeree', 'worker', 'accountable'] as const;
export type OwnerRole = (typeof OWNER_ROLES)[number];

/**
 * Who had a role, from its beginning (included) to its end (excluded), both effectiveAt. Of zero length where two
 * changes took effect at one instant. Of `accountable` the owner is a team.
 */
export interface Interval {
  readonly owner: Owner;
  readonly from: string;
  readonly until?: string;
  /** when the system came to know of the beginning and of the end (recordedAt) */
  readonly knownFrom: string;
  readonly knownUntil?: string;
  /** who made it so, and why where a reason was given */
  readonly by: Actor;
  readonly reasonCode?: string;
  /** of the event that began it, in the lead's stream */
  readonly revision: number;
  /** the event that ended it, once it has ended */
  readonly ending?: Ending;
}
/** Who ended an interval, why where a reason was given, and at which revision. */
export interface Ending {
  readonly by: Actor;
  readonly reasonCode?: string;
  readonly revision: number;
}
export type Ownership = Readonly<Record<OwnerRole, readonly Interval[]>>;

export const NOBODY_YET: Ownership = { steward: [], offeree: [], worker: [], accountable: [] };

/** What of an event's metadata moves a lead from one owner to the next. */
export type OwnershipStep = Pick<LeadEventMeta, 'change' | 'recordedAt' | 'actor'>;

/**
 * The trail of who had a lead, oldest first, from its whole stream in order (the first event is revision 0). It reads
 * `change` of the metadata alone, so that whoever may not see payloads can rebuild it.
 */
export function ownershipOf(events: readonly { readonly meta: OwnershipStep }[]): Ownership {
  return events.reduce((ownership, { meta }, revision) => ownershipAfter(ownership, meta, revision), NOBODY_YET);
}

/** One event further. Of the intervals before only those still open matter: the ended ones stay as they are. */
export function ownershipAfter(ownership: Ownership, meta: OwnershipStep, revision: number): Ownership {
  const { change } = meta;
  if (!change) return ownership;
  const reason = change.reasonCode ? { reasonCode: change.reasonCode } : {};
  const ending: Ending = { by: meta.actor, ...reason, revision };
  const changed = OWNER_ROLES.filter((role) => change[role] !== undefined).map((role) => {
    const past = ownership[role];
    const last = past.at(-1);
    const ended =
      last && last.until === undefined
        ? [...past.slice(0, -1), { ...last, until: change.effectiveAt, knownUntil: meta.recordedAt, ending }]
        : past;
    const to = change[role]?.to ?? null;
    const owner = typeof to === 'string' ? { team: to } : to;
    if (owner === null) return [role, ended] as const;
    const begun: Interval = {
      owner,
      from: change.effectiveAt,
      knownFrom: meta.recordedAt,
      by: meta.actor,
      ...reason,
      revision,
    };
    return [role, [...ended, begun]] as const;
  });
  return { ...ownership, ...Object.fromEntries(changed) };
}

/**
 * Who had the lead at a moment (ISO time). `happened`: by all that is known today. `known`: by what the system had
 * recorded at that very moment, so that what was told later, with an earlier date, does not count.
 */
export function ownersAt(
  ownership: Ownership,
  moment: string,
  as: 'happened' | 'known' = 'happened',
): Partial<Record<OwnerRole, Interval>> {
  const had = ({ from, until, knownFrom, knownUntil }: Interval): boolean => {
    const begun = from <= moment && (as === 'happened' || knownFrom <= moment);
    const ended = until !== undefined && until <= moment && (as === 'happened' || (knownUntil ?? until) <= moment);
    return begun && !ended;
  };
  const found = OWNER_ROLES.map((role) => [role, ownership[role].findLast(had)] as const);
  return Object.fromEntries(found.filter(([, interval]) => interval !== undefined));
}
