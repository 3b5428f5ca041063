import { change as changeShape } from '../contracts/event-metadata-shape.js';
import type { Change } from '../lead-lifecycle/lead-events.js';
import {
  NOBODY_YET,
  OWNER_ROLES,
  ownershipAfter,
  type Interval,
  type Ownership,
  type OwnerRole,
} from '../lead-lifecycle/ownership.js';
import { parsed, refused, type Parsed } from '../transparency-log/parsed.js';
import type { Leaf } from '../contracts/leaf.js';

/** A leaf with its place in the log. */
export interface PlacedLeaf {
  readonly index: number;
  readonly leaf: Leaf;
}

/** An interval with the leaves that began it and ended it. */
export interface SealedInterval extends Interval {
  readonly index: number;
  readonly endedIndex?: number;
}
export type SealedOwnership = Readonly<Record<OwnerRole, readonly SealedInterval[]>>;

/** What a leaf says was changed of who has the lead; refused where it has not the form that the metadata has. */
export function changeOf({ change }: Pick<Leaf, 'change'>): Parsed<Change | undefined> {
  if (change === undefined) return parsed(undefined);
  const problem = changeShape.check(change, 'change');
  return problem === undefined ? parsed(change as unknown as Change) : refused(problem);
}

/** The rule of effectiveAt: never before it happened, never before what the lead's last change took effect. */
export function effectiveAtProblem(leaf: Pick<Leaf, 'occurredAt'>, change: Change, before: string): string | undefined {
  const due = leaf.occurredAt > before ? leaf.occurredAt : before;
  return change.effectiveAt === due
    ? undefined
    : 'change.effectiveAt is not the later of occurredAt and the one before';
}

export interface BrokenReplay {
  readonly ok: false;
  readonly index: number;
  readonly rule: string;
}

/**
 * Who had a lead, from all leaves of its stream in their order: the lifecycle's own rule of ownership, over what the
 * leaves say. Stops at the first leaf whose change is malformed or takes effect at another time than the rule gives; a
 * quarantined one, which two people let pass for what it is, is followed where it can be.
 */
export function ownershipOfLeaves(
  leaves: readonly PlacedLeaf[],
): { readonly ok: true; readonly value: SealedOwnership } | BrokenReplay {
  let ownership = NOBODY_YET;
  let effectiveAt = '';
  const indexes = new Map<number, number>();
  for (const { index, leaf } of leaves) {
    const change = changeOf(leaf);
    if (!change.ok && leaf.quarantined) continue;
    if (!change.ok) return { ok: false, index, rule: change.problem };
    if (change.value === undefined) continue;
    const rule = leaf.quarantined ? undefined : effectiveAtProblem(leaf, change.value, effectiveAt);
    if (rule !== undefined) return { ok: false, index, rule };
    ({ effectiveAt } = change.value);
    const { recordedAt, actor } = leaf;
    ownership = ownershipAfter(ownership, { recordedAt, actor, change: change.value }, Number(leaf.rev));
    indexes.set(Number(leaf.rev), index);
  }
  return { ok: true, value: placed(ownership, indexes) };
}

/** @param indexes of the leaves that changed something, by revision */
function placed(ownership: Ownership, indexes: ReadonlyMap<number, number>): SealedOwnership {
  const at = (revision: number): number => {
    const index = indexes.get(revision);
    if (index === undefined) throw new RangeError(`revision ${revision} is none of the leaves that were replayed`);
    return index;
  };
  const withIndexes = (interval: Interval): SealedInterval => ({
    ...interval,
    index: at(interval.revision),
    ...(interval.ending ? { endedIndex: at(interval.ending.revision) } : {}),
  });
  const entries = OWNER_ROLES.map((role) => [role, ownership[role].map(withIndexes)] as const);
  return Object.fromEntries(entries) as unknown as SealedOwnership;
}
