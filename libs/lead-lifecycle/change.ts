import type { Change, FromTo, Owner } from './lead-events.js';
import { currentCycle, type LeadState } from './lead-state.js';

/**
 * What an event changes of who has the lead, from the states before and after it; undefined where it changes neither
 * state nor owner. `accountable` of the later state is what the agreement's matrix says at that moment.
 */
export function changeBetween(before: LeadState, after: LeadState, reasonCode?: string): Change | undefined {
  const change = {
    ...differing('state', before.cycles.length ? before.leaf : undefined, after.leaf),
    ...differing('steward', before.steward, after.steward),
    ...differing('offeree', before.offeree, after.offeree),
    ...differing('worker', before.worker, after.worker),
  };
  if (Object.keys(change).length === 0) return undefined;
  return {
    effectiveAt: after.effectiveAt,
    ...change,
    ...differing('cycle', currentCycle(before)?.number, currentCycle(after)?.number),
    ...differing('accountable', before.accountable, after.accountable),
    ...(reasonCode ? { reasonCode } : {}),
  };
}

function differing<K extends string, T extends string | number | Owner>(
  name: K,
  from: T | undefined,
  to: T | undefined,
): Partial<Record<K, FromTo<T>>> {
  return identity(from) === identity(to)
    ? {}
    : ({ [name]: { from: from ?? null, to: to ?? null } } as Record<K, FromTo<T>>);
}

const identity = (value: string | number | Owner | undefined): string | number | undefined =>
  typeof value === 'object' ? `${value.team}/${value.person ?? ''}` : value;
