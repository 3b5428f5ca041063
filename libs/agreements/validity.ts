import type { Version, VersionsState } from './signed-versions.js';

export interface VersionInForce<Content> {
  readonly version: number;
  readonly content: Content;
  readonly contentHash: string;
  /** ISO 8601 UTC, ms; inclusive */
  readonly inForceFrom: string;
  /** exclusive; absent while no later version is signed */
  readonly inForceUntil?: string;
}

/**
 * The version in force at a time (ISO 8601 UTC, ms), or undefined. Of those that both teams signed, the one with the
 * latest beginning that has come counts; of two that begin at one instant, the one signed later. Since a version never
 * begins before its second signature, an answer about the past never changes.
 */
export function inForceAt<Content>(state: VersionsState<Content>, time: string): VersionInForce<Content> | undefined {
  return validities(state).findLast(({ inForceFrom }) => inForceFrom <= time);
}

/** The first version to come into force after a time (exclusive), as far as both have signed it. */
export function nextComingIntoForce<Content>(
  state: VersionsState<Content>,
  after: string,
): VersionInForce<Content> | undefined {
  return validities(state).find(({ inForceFrom }) => inForceFrom > after);
}

export type VersionStatus = 'proposed' | 'coming' | 'in-force' | 'superseded' | 'withdrawn';

/** How a version stands at a time. A proposal that a later signed one overtook is superseded before it ever counted. */
export function statusAt<Content>(
  state: VersionsState<Content>,
  version: Version<Content>,
  time: string,
): VersionStatus {
  if (version.withdrawn) return 'withdrawn';
  const valid = validities(state).find((one) => one.version === version.version);
  if (valid && valid.inForceFrom > time) return 'coming';
  if (valid) return inForceAt(state, time)?.version === valid.version ? 'in-force' : 'superseded';
  const overtaken = state.signedInOrder.some((signed) => signed >= version.version);
  return overtaken ? 'superseded' : 'proposed';
}

/** By the state they follow from, which nothing changes in place: every command asks what is in force. */
const known = new WeakMap<VersionsState<unknown>, readonly VersionInForce<unknown>[]>();

/** Intervals without overlap, oldest first. */
function validities<Content>(state: VersionsState<Content>): readonly VersionInForce<Content>[] {
  const found = (known.get(state) as readonly VersionInForce<Content>[] | undefined) ?? validitiesOf(state);
  known.set(state, found);
  return found;
}

function validitiesOf<Content>(state: VersionsState<Content>): readonly VersionInForce<Content>[] {
  const byBeginning = new Map<string, Version<Content>>();
  for (const number of state.signedInOrder) {
    const version = state.versions[number - 1];
    if (version?.inForceFrom) byBeginning.set(version.inForceFrom, version);
  }
  const beginnings = [...byBeginning].sort(([a], [b]) => (a < b ? -1 : 1));
  return beginnings.map(([inForceFrom, { version, content, contentHash }], index) => {
    const next = beginnings[index + 1];
    return { version, content, contentHash, inForceFrom, ...(next && { inForceUntil: next[0] }) };
  });
}
