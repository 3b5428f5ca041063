import type { Leaf } from '../contracts/leaf.js';
import type { TrustedCheckpoint } from '../transparency-log/trusted-checkpoint.js';

/**
 * When a leaf came into the log, by the witnesses' clocks, in seconds since 1970: they were shown a tree without it as
 * late as `notBefore`, and one with it by `notAfter`. Open where no quorum vouches for that side.
 */
export interface SeenBetween {
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** How far the writer's clock and the witnesses' may be apart, and how long sealing may take (seconds). */
export const USUAL_SKEW = 60;

/** @param before the last form of the last checkpoint without the leaf @param after the first form of the first with it */
export function seenBetween(before?: TrustedCheckpoint, after?: TrustedCheckpoint): SeenBetween {
  return {
    ...(before?.times ? { notBefore: before.times.notBefore } : {}),
    ...(after?.times ? { notAfter: after.times.notAfter } : {}),
  };
}

/**
 * What its time of recording has against a leaf: that the log was seen without it long after, or with it long before.
 * A quarantined leaf's own times are nobody's word.
 */
export function recordedAtProblem(leaf: Leaf, seen: SeenBetween, skew = USUAL_SKEW): string | undefined {
  if (leaf.quarantined) return undefined;
  const recorded = Date.parse(leaf.recordedAt) / 1_000;
  if (Number.isNaN(recorded)) return 'recordedAt is no time';
  if (seen.notBefore !== undefined && recorded < seen.notBefore - skew)
    return 'back-dated: the log was seen without it after its recordedAt';
  // A witness's time has no fraction: within its second nothing can be said.
  if (seen.notAfter !== undefined && recorded >= seen.notAfter + 1 + skew)
    return 'post-dated: the log was seen with it before its recordedAt';
  return undefined;
}

/** Whether it is said to have happened before the log was last seen without it: told afterwards, as imports are. */
export function isDeclaredLate(leaf: Leaf, seen: SeenBetween, skew = USUAL_SKEW): boolean {
  const earliest = seen.notBefore ?? Date.parse(leaf.recordedAt) / 1_000;
  return !leaf.quarantined && Date.parse(leaf.occurredAt) / 1_000 < earliest - skew;
}
